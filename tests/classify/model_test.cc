#include "service/classify/model.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;

WeightTable Table(size_t outputs) {
  std::vector<WeightTable::Feature> features;
  for (uint64_t i = 1; i <= 100; ++i) {
    WeightTable::Feature feature{i * 0x9e3779b97f4a7c15, 1.5F, std::vector<double>(outputs)};
    feature.weights[i % outputs] = static_cast<double>(i) / 10;
    features.push_back(feature);
  }
  return WeightTable(features, std::vector<double>(outputs, 0.25));
}

Model SmallModel() {
  Model model;
  model.version = "test-1";
  model.calibration.sharpness = 2.5;
  model.verdict = Table(kVerdictOutputs);
  model.party_begin = Table(1);
  model.party_span = Table(1);
  return model;
}

TEST(WeightTableTest, FindsWhatWasPutInAndNothingElse) {
  const WeightTable table = Table(4);
  for (uint64_t i = 50; i <= 100; ++i) {
    const uint32_t row = table.Find(i * 0x9e3779b97f4a7c15);
    ASSERT_NE(row, WeightTable::kNotFound) << i;
    const size_t k = i % 4;
    const double weight = table.row(row)[k] * double{table.scale(k)};
    EXPECT_NEAR(weight, static_cast<double>(i) / 10 * 1.5, 0.1) << i;
  }
  EXPECT_EQ(table.Find(12345), WeightTable::kNotFound);
}

TEST(WeightTableTest, EmptyTableFindsNothing) {
  EXPECT_EQ(WeightTable({}, {0.0}).Find(7), WeightTable::kNotFound);
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
