#include "service/classify/model.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;

uint64_t HashOf(uint64_t i) { return i * 0x9e3779b97f4a7c15; }

// A hundred features; every third has marked weights, too.
WeightTable Table(size_t outputs) {
  std::vector<WeightTable::Feature> features;
  for (uint64_t i = 1; i <= 100; ++i) {
    WeightTable::Feature feature;
    feature.hash = HashOf(i);
    feature.weights = {std::vector<double>(outputs), 1.5F};
    feature.weights.values[i % outputs] = static_cast<double>(i) / 10;
    if (i % 3 == 0) {
      feature.marked = {std::vector<double>(outputs), 0.5F};
      feature.marked.values[0] = -5;
    }
    features.push_back(feature);
  }
  return WeightTable(features, std::vector<double>(outputs, 0.25));
}

RoleTable Roles() {
  return RoleTable({{{HashOf(1), 0}, 2.0}, {{HashOf(1), 7}, -1.0}, {{HashOf(2), 3}, 0.5}}, 5, 1);
}

Model SmallModel() {
  Model model;
  model.version = "test-1";
  model.calibration.sharpness = 2.5;
  model.verdict = Table(kVerdictOutputs);
  model.party = {Roles(), 0.75, -1.5};
  return model;
}

TEST(HashIndexTest, FindsWhatWasPutInAndNothingElse) {
  std::vector<std::pair<uint64_t, uint32_t>> entries;
  for (uint32_t i = 1; i <= 1000; ++i) entries.emplace_back(HashOf(i), i);
  const HashIndex index(entries);
  for (uint32_t i = 1; i <= 1000; ++i) EXPECT_EQ(index.Find(HashOf(i)), i);
  for (uint32_t i = 1001; i <= 2000; ++i) EXPECT_EQ(index.Find(HashOf(i)), HashIndex::kNone) << i;
  EXPECT_EQ(HashIndex().Find(7), HashIndex::kNone);
}

// Many sizes: a place must be found for every entry, whatever the table's size is rounded to.
TEST(HashIndexTest, EveryEntryFindsItsPlace) {
  for (uint32_t size : {1U, 2U, 3U, 7U, 8U, 455U, 456U, 910U, 7281U, 7282U}) {
    std::vector<std::pair<uint64_t, uint32_t>> entries;
    for (uint32_t i = 1; i <= size; ++i) entries.emplace_back(HashOf(i), i);
    const HashIndex index(entries);
    EXPECT_TRUE(index.complete()) << size;
    for (const auto& [hash, number] : entries) ASSERT_EQ(index.Find(hash), number) << size;
  }
}

TEST(HashIndexTest, HashesMadeToAgreeAreToldNotEndless) {
  std::vector<std::pair<uint64_t, uint32_t>> entries;
  // They differ only where neither the place nor the displacement looks.
  for (uint32_t i = 1; i <= 16; ++i) entries.emplace_back(uint64_t{i} << 32, i);
  EXPECT_FALSE(HashIndex(entries).complete());
}

TEST(WeightTableTest, KeepsWeightsToWithinARounding) {
  const WeightTable table = Table(4);
  for (uint64_t i = 50; i <= 100; ++i) {
    const WeightTable::Entry entry = table.Find(HashOf(i));
    ASSERT_TRUE(entry.found()) << i;
    const size_t k = i % 4;
    const double weight = table.row(entry.row())[k] * double{table.scale(k)};
    EXPECT_NEAR(weight, static_cast<double>(i) / 10, 0.05) << i;
    EXPECT_EQ(table.squares(entry.row()), 1.5F);
    ASSERT_EQ(entry.marked_row() != 0, i % 3 == 0) << i;
    if (entry.marked_row() != 0) {
      EXPECT_EQ(table.squares(entry.marked_row()), 0.5F);
      EXPECT_LT(table.row(entry.marked_row())[0], 0);
    }
  }
  EXPECT_FALSE(table.Find(12345).found());
}

TEST(WeightTableTest, WhatWeighsNothingIsLeftOutUnlessKept) {
  const WeightTable::Feature loud{HashOf(1), {{10.0}, 1}, {}, false};
  const WeightTable::Feature silent{HashOf(2), {{0.01}, 1}, {}, false};
  const WeightTable::Feature kept{HashOf(3), {{0.01}, 1}, {}, true};
  const WeightTable table({loud, silent, kept}, {0.0});
  EXPECT_TRUE(table.Find(HashOf(1)).found());
  EXPECT_FALSE(table.Find(HashOf(2)).found());
  ASSERT_TRUE(table.Find(HashOf(3)).found());
  EXPECT_EQ(table.row(table.Find(HashOf(3)).row())[0], 0);
}

TEST(WeightTableTest, EmptyTableFindsNothing) {
  EXPECT_FALSE(WeightTable({}, {0.0}).Find(7).found());
}

TEST(RoleTableTest, EachScoreHasItsScale) {
  const RoleTable table = Roles();
  EXPECT_EQ(table.Find(HashOf(1))[0], 127);
  EXPECT_NEAR(table.Find(HashOf(2))[3] * table.scale(0), 0.5, 0.01);
  EXPECT_EQ(table.Find(HashOf(1))[7], -127);
  EXPECT_NEAR(-127 * table.scale(1), -1.0, 1e-9);
  EXPECT_EQ(table.Find(HashOf(9))[0], 0);
}

TEST(ModelTest, ComesBackAsWritten) {
  const std::string bytes = SerializeModel(SmallModel());
  const absl::StatusOr<Model> read = ParseModel(bytes);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->version, "test-1");
  EXPECT_EQ(read->calibration.sharpness, 2.5);
  EXPECT_EQ(SerializeModel(*read), bytes);
}

TEST(ModelTest, OtherFilesAreRefused) {
  EXPECT_THAT(ParseModel(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseModel("{\"model\": 1}"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ModelTest, EveryCutIsNoticed) {
  const std::string bytes = SerializeModel(SmallModel());
  for (size_t size = 17; size < bytes.size(); size += 97) {
    EXPECT_THAT(ParseModel(absl::string_view(bytes).substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss))
        << size;
  }
  EXPECT_THAT(ParseModel(bytes + "x"), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace clearway
