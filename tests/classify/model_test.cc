#include "service/classify/model.h"

#include <map>
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
  model.party = {Roles(), 0.75, -1.5, {}};
  return model;
}

FeatureIndex::Entry EntryOf(uint32_t i) {
  return {HashOf(i),
          {.verdict = i,
           .lift = static_cast<int8_t>(i % 100),
           .party = i + 1,
           .last_lift = static_cast<int8_t>(-static_cast<int8_t>(i % 7))}};
}

TEST(FeatureIndexTest, FindsWhatWasPutInAndNothingElse) {
  std::vector<FeatureIndex::Entry> entries;
  for (uint32_t i = 1; i <= 1000; ++i) entries.push_back(EntryOf(i));
  const FeatureIndex index(entries);
  for (const auto& [hash, feature] : entries) {
    EXPECT_EQ(index.Find(hash).verdict, feature.verdict);
    EXPECT_EQ(index.Find(hash).party, feature.party);
    EXPECT_EQ(index.Find(hash).lift, feature.lift);
    EXPECT_EQ(index.Find(hash).last_lift, feature.last_lift);
  }
  const FeatureIndex::Finder finder = index.finder();
  for (uint32_t i = 1001; i <= 2000; ++i) {
    EXPECT_EQ(finder.PlaceOf(HashOf(i)), finder.nowhere()) << i;
  }
  EXPECT_EQ(finder[finder.nowhere()].verdict, 0U);
  const FeatureIndex empty;
  EXPECT_EQ(empty.finder().PlaceOf(7), empty.finder().nowhere());
  EXPECT_EQ(empty.Find(7).verdict, 0U);
}

// Many sizes: a place must be found for every entry, whatever the table's size is rounded to.
TEST(FeatureIndexTest, EveryEntryFindsItsPlace) {
  for (uint32_t size : {1U, 2U, 3U, 7U, 8U, 455U, 456U, 910U, 7281U, 7282U}) {
    std::vector<FeatureIndex::Entry> entries;
    for (uint32_t i = 1; i <= size; ++i) entries.push_back(EntryOf(i));
    const FeatureIndex index(entries);
    EXPECT_TRUE(index.complete()) << size;
    for (const auto& [hash, feature] : entries) {
      ASSERT_EQ(index.Find(hash).verdict, feature.verdict) << size;
    }
  }
}

// As full as a table gets before it has twice as many slots.
TEST(FeatureIndexTest, EveryEntryFindsItsPlaceInAFullTable) {
  constexpr uint32_t kSize = 116'505;
  for (uint32_t first = 1; first <= 2 * kSize; first += kSize) {
    std::vector<FeatureIndex::Entry> entries;
    for (uint32_t i = first; i < first + kSize; ++i) entries.push_back(EntryOf(i));
    const FeatureIndex index(entries);
    ASSERT_TRUE(index.complete()) << first;
    for (const auto& [hash, feature] : entries) {
      ASSERT_EQ(index.Find(hash).verdict, feature.verdict) << first;
    }
  }
}

TEST(FeatureIndexTest, HashesMadeToAgreeAreToldNotEndless) {
  std::vector<FeatureIndex::Entry> entries;
  // They differ only where no multiplier moves them to a place's number.
  for (uint64_t i = 1; i <= 16; ++i) entries.push_back({i << 44, {.verdict = 1}});
  EXPECT_FALSE(FeatureIndex(entries).complete());
}

// By hash; of code 0 where there is none.
WeightTable::Entry Find(const WeightTable& table, uint64_t hash) {
  for (size_t i = 0; i < table.features(); ++i) {
    if (table.hash(i) == hash) return table.entry(i);
  }
  return WeightTable::Entry(0);
}

double SquaresOf(const WeightTable& table, uint32_t row) {
  const WeightTable::Row& lanes = table.row(row);
  return WeightTable::Squares(lanes[WeightTable::kLanes - 2], lanes[WeightTable::kLanes - 1]);
}

TEST(WeightTableTest, KeepsWeightsToWithinARounding) {
  const WeightTable table = Table(4);
  for (uint64_t i = 50; i <= 100; ++i) {
    const WeightTable::Entry entry = Find(table, HashOf(i));
    ASSERT_TRUE(entry.found()) << i;
    const size_t k = i % 4;
    const double weight = table.row(entry.row())[k] * double{table.scale(k)};
    EXPECT_NEAR(weight, static_cast<double>(i) / 10, 0.05) << i;
    EXPECT_EQ(SquaresOf(table, entry.row()), 1.5);
    ASSERT_EQ(entry.marked_row() != 0, i % 3 == 0) << i;
    if (entry.marked_row() != 0) {
      EXPECT_EQ(SquaresOf(table, entry.marked_row()), 0.5);
      EXPECT_LT(table.row(entry.marked_row())[0], 0);
    }
  }
  EXPECT_FALSE(Find(table, 12345).found());
}

TEST(WeightTableTest, KeepsSquaresLargeAndSmall) {
  for (const float squares : {0.0F, 1.0F, 1.9921875F, 2.0F, 71.5F, 143.0F, 253.0F}) {
    const WeightTable table({{HashOf(1), {{10.0}, squares}, {}, false}}, {0.0});
    EXPECT_EQ(SquaresOf(table, Find(table, HashOf(1)).row()), squares);
  }
}

TEST(WeightTableTest, WhatWeighsNothingIsLeftOutUnlessKept) {
  const WeightTable::Feature loud{HashOf(1), {{10.0}, 1}, {}, false};
  const WeightTable::Feature silent{HashOf(2), {{0.01}, 1}, {}, false};
  const WeightTable::Feature kept{HashOf(3), {{0.01}, 1}, {}, true};
  const WeightTable table({loud, silent, kept}, {0.0});
  EXPECT_TRUE(Find(table, HashOf(1)).found());
  EXPECT_FALSE(Find(table, HashOf(2)).found());
  ASSERT_TRUE(Find(table, HashOf(3)).found());
  EXPECT_EQ(table.row(Find(table, HashOf(3)).row())[0], 0);
}

TEST(WeightTableTest, RowsAreInTheOrderOfHowOftenTheyAreMet) {
  const WeightTable table({{HashOf(1), {{10.0}, 3}, {}, false},
                           {HashOf(2), {{10.0}, 1}, {{10.0}, 5}, false},
                           {HashOf(3), {{10.0}, 2}, {}, false}},
                          {0.0});
  const WeightTable::Entry often = Find(table, HashOf(2));
  const WeightTable::Entry seldom = Find(table, HashOf(1));
  EXPECT_LT(often.row(), Find(table, HashOf(3)).row());
  EXPECT_LT(Find(table, HashOf(3)).row(), seldom.row());
  EXPECT_EQ(SquaresOf(table, often.marked_row()), 5);
}

TEST(PartyRowTest, AddsUpWhatTheRolesSay) {
  RoleTable::Row roles;
  for (size_t role = 0; role < RoleTable::kRoles; ++role) {
    roles.weights[role] = static_cast<int8_t>(1 + role);
  }
  const PartyRow row(roles);
  std::map<int64_t, int32_t> beginning;
  EachBeginPart(0,
                [&](PartyContext::Part, int64_t d, size_t role) { beginning[d] += roles[role]; });
  for (const auto& [d, sum] : beginning) EXPECT_EQ(row.ForBeginning(d), sum) << d;
  std::map<int64_t, int32_t> span;
  EachSpanBeginPart(0, [&](PartyContext::Part, int64_t d, size_t role) { span[d] += roles[role]; });
  for (const auto& [d, sum] : span) EXPECT_EQ(row.ForSpanFrom(d), sum) << d;
  std::map<int64_t, int32_t> end;
  EachSpanEndPart(0, [&](PartyContext::Part, int64_t d, size_t role) { end[d] += roles[role]; });
  for (const auto& [d, sum] : end) EXPECT_EQ(row.ForSpanUpTo(d), sum) << d;
  EXPECT_EQ(row.ForSpanAround(), roles[kInnerRole]);
}

TEST(PartyRowTest, SumsStayWithinTheirLanes) {
  RoleTable::Row roles;
  roles.weights[kInnerRole] = RoleTable::kLargest;
  const PartyRow high(roles);
  PartyRow sum;
  sum += high;
  EXPECT_EQ(sum.ForSpanAround(), RoleTable::kLargest);
  sum += high;
  EXPECT_EQ(sum.ForSpanAround(), RoleTable::kLargest);
  roles.weights[kInnerRole] = -RoleTable::kLargest;
  const PartyRow low(roles);
  sum += low;
  EXPECT_EQ(sum.ForSpanAround(), 0);
  for (int i = 0; i < 3; ++i) sum += low;
  EXPECT_LE(sum.ForSpanAround(), -RoleTable::kLargest);
}

TEST(RoleTableTest, EachScoreHasItsScale) {
  const RoleTable table = Roles();
  const RoleTable::Row& first = table.row(table.Find(HashOf(1)));
  EXPECT_EQ(first[0], 127);
  EXPECT_EQ(first[7], -127);
  EXPECT_NEAR(table.row(table.Find(HashOf(2)))[3] * table.scale(0), 0.5, 0.01);
  EXPECT_NEAR(-127 * table.scale(1), -1.0, 1e-9);
  EXPECT_EQ(table.Find(HashOf(9)), 0U);
  EXPECT_EQ(table.row(0)[0], 0);
}

TEST(ModelTest, OneLookUpServesAllTables) {
  Model model = SmallModel();
  model.lift = {RoleTable({{{HashOf(60), kLiftRole}, -4.0}, {{HashOf(60), kLastLiftRole}, 4.0}},
                          RoleTable::kRoles, 1),
                -1};
  model.party.table = RoleTable({{{HashOf(60), 3}, 2.0}}, 5, 1);
  ASSERT_THAT(IndexFeatures(&model), IsOk());
  const KnownFeature& known = model.index.Find(HashOf(60));
  EXPECT_EQ(known.verdict, Find(model.verdict, HashOf(60)).code());
  EXPECT_EQ(model.party.table.row(known.party)[3], 127);
  EXPECT_EQ(known.lift, -127);
  EXPECT_EQ(known.last_lift, 127);
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
