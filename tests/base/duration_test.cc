#include "service/base/duration.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOkAndHolds;
using ::clearway::testing::StatusIs;

struct ReadCase {
  const char* text;
  absl::Duration want;
};

TEST(DurationTest, ReadsUnitsOfPeople) {
  const ReadCase cases[] = {
      {"90s", absl::Seconds(90)},         {"1h30m", absl::Minutes(90)}, {"2d", absl::Hours(48)},
      {"1w", absl::Hours(168)},           {"1.5d", absl::Hours(36)},    {"1d12h", absl::Hours(36)},
      {"250ms", absl::Milliseconds(250)}, {"0s", absl::ZeroDuration()},
  };
  for (const ReadCase& c : cases)
    EXPECT_THAT(ParseDuration(c.text), IsOkAndHolds(c.want)) << c.text;
}

TEST(DurationTest, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "5", "d", "-1h", "+1h", "1x", "1h ", " 1h", "1.2.3s", "inf", "1e3s",
                           ".d", "99999999999999999999d"}) {
    EXPECT_THAT(ParseDuration(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(DurationTest, AgesAreSaidInTwoUnits) {
  const std::pair<absl::Duration, const char*> cases[] = {
      {absl::Seconds(-5), "0s"},
      {absl::Seconds(45), "45s"},
      {absl::Minutes(3) + absl::Seconds(20), "3m"},
      {absl::Hours(5), "5h"},
      {absl::Hours(5) + absl::Minutes(2), "5h 2m"},
      {absl::Hours(48), "2d"},
      {absl::Hours(52) + absl::Minutes(9), "2d 4h"},
  };
  for (const auto& [duration, want] : cases) EXPECT_EQ(FormatAge(duration), want);
}

}  // namespace
}  // namespace clearway
