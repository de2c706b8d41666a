#include "plugin-adapters/gateway/json_view.h"

#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

class JsonViewTest : public ::testing::Test {
 protected:
  JsonView Of(const char* text) {
    document_ = nlohmann::json::parse(text);
    return {document_, &fault_};
  }

  nlohmann::json document_;
  absl::Status fault_;
};

TEST_F(JsonViewTest, AbsentAndNullReadAsEmptyButAreToldApart) {
  const JsonView view = Of(R"({"null": null, "empty": ""})");
  EXPECT_FALSE(view["absent"].present());
  EXPECT_TRUE(view["null"].present());
  EXPECT_FALSE(view["null"].has_value());
  EXPECT_TRUE(view["empty"].has_value());
  for (const char* name : {"absent", "null", "empty"}) EXPECT_EQ(view[name].Text(), "");
  EXPECT_EQ(view["absent"]["deeper"]["still"].Text(), "");
  EXPECT_TRUE(view["null"]["deeper"].Items().empty());
  EXPECT_EQ(view["absent"].Time(), std::nullopt);
  EXPECT_THAT(fault_, IsOk());
}

TEST_F(JsonViewTest, AWrongKindLeavesAFaultThatNamesThePlaceAndNotTheValue) {
  const JsonView view = Of(R"({"a": [{"b": 1}, {"b": ["hush"]}]})");
  for (const JsonView& item : view["a"].Items()) item["b"].Text();
  EXPECT_THAT(fault_, StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("a[0].b"), Not(HasSubstr("hush")))));
}

TEST_F(JsonViewTest, AMemberOfWhatIsNoObjectIsAFault) {
  EXPECT_EQ(Of(R"({"a": "text"})")["a"]["b"].Text(), "");
  EXPECT_THAT(fault_,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a must be an object")));
}

TEST_F(JsonViewTest, IdsAreTextOrExactIntegers) {
  const JsonView view = Of(R"({"n": 1234567890123456789, "m": -5, "t": "10042"})");
  EXPECT_EQ(view["n"].Id(), "1234567890123456789");
  EXPECT_EQ(view["m"].Id(), "-5");
  EXPECT_EQ(view["t"].Id(), "10042");
  EXPECT_EQ(view["t"].Integer(), 10042);
  EXPECT_THAT(fault_, IsOk());
  Of("{\"f\": 1.5}")["f"].Id();
  EXPECT_THAT(fault_, StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(JsonViewTest, TimesOutsideTheApiAreFaults) {
  EXPECT_EQ(Of(R"({"t": 1700000000123})")["t"].TimeMillis(), absl::FromUnixMillis(1700000000123));
  EXPECT_THAT(fault_, IsOk());
  Of(R"({"t": 99999999999999999})")["t"].TimeMillis();
  EXPECT_THAT(fault_, StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace clearway
