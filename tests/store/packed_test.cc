#include "service/store/packed.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;

TEST(PackedTest, SpellsComeBack) {
  for (const std::vector<BlockedSpell>& spells :
       {std::vector<BlockedSpell>{}, {{At(1), At(2)}}, {{At(-3), At(2)}, {At(5), At(5)}}}) {
    EXPECT_THAT(UnpackSpells(PackSpells(spells)), IsOkAndHolds(spells));
  }
}

TEST(PackedTest, TextsComeBack) {
  for (const std::vector<std::string>& texts :
       {std::vector<std::string>{}, {""}, {"a", "\"b\"\n", "步骤", std::string("\0", 1)}}) {
    EXPECT_THAT(UnpackTexts(PackTexts(texts)), IsOkAndHolds(texts));
  }
}

TEST(PackedTest, BytesThatAreNoTextAreReplaced) {
  EXPECT_THAT(UnpackTexts(PackTexts({"a\xff"})), IsOkAndHolds(ElementsAre("a\xef\xbf\xbd")));
}

TEST(PackedTest, AnythingElseIsDataLoss) {
  for (const char* bad : {"", "[", "{}", "1", "null", "[1]", "[[1]]", "[[1,2,3]]", "[[1,\"2\"]]",
                          "[[1.5,2]]", "[null]", "[[1,2],[3]]"}) {
    EXPECT_THAT(UnpackSpells(bad), StatusIs(absl::StatusCode::kDataLoss)) << bad;
    EXPECT_THAT(UnpackTexts(bad), StatusIs(absl::StatusCode::kDataLoss)) << bad;
  }
}

}  // namespace
}  // namespace clearway::testing
