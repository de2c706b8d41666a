#include "plugin-adapters/gateway/tracker_time.h"

#include <optional>

#include "gtest/gtest.h"

namespace clearway {
namespace {

struct TimeCase {
  const char* name;
  const char* text;
  // Of 2026-01-31, in UTC; negative: not a time.
  double seconds_of_day;
};

class TrackerTimeTest : public ::testing::TestWithParam<TimeCase> {};

TEST_P(TrackerTimeTest, ReadsWhatTrackersWrite) {
  const absl::Time day = absl::FromCivil(absl::CivilDay(2026, 1, 31), absl::UTCTimeZone());
  const std::optional<absl::Time> time = ParseTrackerTime(GetParam().text);
  if (GetParam().seconds_of_day < 0) {
    EXPECT_EQ(time, std::nullopt);
  } else {
    EXPECT_EQ(time, day + absl::Seconds(GetParam().seconds_of_day));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, TrackerTimeTest,
    ::testing::Values(TimeCase{"Rfc3339", "2026-01-31T10:00:00Z", 36000},
                      TimeCase{"Offset", "2026-01-31T18:00:00+08:00", 36000},
                      TimeCase{"OffsetWithoutColon", "2026-01-31T18:00:00.000+0800", 36000},
                      TimeCase{"NegativeOffset", "2026-01-31T05:00:00.500-0500", 36000.5},
                      TimeCase{"SevenDecimals", "2026-01-31T10:00:00.1250000Z", 36000.125},
                      TimeCase{"Utc", "2026-01-31 10:00:00 UTC", 36000},
                      TimeCase{"Date", "2026-01-31", 0},
                      TimeCase{"NoDate", "0000-00-00 00:00:00", -1},
                      TimeCase{"Words", "yesterday", -1}, TimeCase{"Empty", "", -1},
                      TimeCase{"NoSuchDay", "2026-02-31T10:00:00Z", -1},
                      TimeCase{"Infinite", "infinite-future", -1},
                      TimeCase{"Before1970", "1969-12-31T23:59:59Z", -1},
                      TimeCase{"Trailing", "2026-01-31T10:00:00Z!", -1}),
    [](const auto& row) { return row.param.name; });

TEST(TrackerTimeProtoTest, KeepsFractions) {
  const google::protobuf::Timestamp proto = ToTimestamp(absl::FromUnixMillis(1700000000123));
  EXPECT_EQ(proto.seconds(), 1700000000);
  EXPECT_EQ(proto.nanos(), 123'000'000);
}

}  // namespace
}  // namespace clearway
