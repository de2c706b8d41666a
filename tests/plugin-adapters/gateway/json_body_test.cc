#include "plugin-adapters/gateway/json_body.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

Webhook Posted(const std::string& content_type, const std::string& body) {
  Webhook webhook;
  if (!content_type.empty()) webhook.headers["content-type"] = content_type;
  webhook.body = body;
  return webhook;
}

std::string Repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(JsonBodyTest, IntegersBeyondDoublesStayExact) {
  const auto json = ParseJson(R"({"id": 1234567890123456789, "big": 18446744073709551615})");
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ((*json)["id"].get<int64_t>(), 1234567890123456789);
  EXPECT_EQ((*json)["big"].get<uint64_t>(), 18446744073709551615U);
}

TEST(JsonBodyTest, DeepNestingIsRefused) {
  EXPECT_THAT(ParseJson(absl::StrCat(Repeated("[", 90), Repeated("]", 90))), IsOk());
  EXPECT_THAT(ParseJson(absl::StrCat(Repeated("[", 101), Repeated("]", 101))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested")));
  EXPECT_THAT(ParseJson(Repeated("{\"a\":", 1'000'000)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested")));
}

TEST(JsonBodyTest, TooManyValuesAreRefused) {
  EXPECT_THAT(ParseJson(absl::StrCat("[", Repeated("0,", 600'000), "0]")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("values")));
}

TEST(JsonBodyTest, AFaultIsPlacedButNotQuoted) {
  EXPECT_THAT(ParseJson(R"({"title": "a confidential matter" oops})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(HasSubstr("byte"), Not(HasSubstr("confidential")),
                                        Not(HasSubstr("oops")))));
}

struct GarbageCase {
  const char* name;
  std::string body;
};

class GarbageBodyTest : public ::testing::TestWithParam<GarbageCase> {};

TEST_P(GarbageBodyTest, IsInvalid) {
  EXPECT_THAT(ParseJsonBody(Posted("application/json", GetParam().body)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(All, GarbageBodyTest,
                         ::testing::Values(GarbageCase{"Empty", ""}, GarbageCase{"Text", "hello"},
                                           GarbageCase{"CutShort", R"({"a": [1, 2)"},
                                           GarbageCase{"Twice", "{}{}"}, GarbageCase{"Array", "[]"},
                                           GarbageCase{"Null", "null"},
                                           GarbageCase{"BadUtf8", "{\"a\": \"\xC3\x28\"}"},
                                           GarbageCase{"OverlongUtf8", "{\"a\": \"\xC0\xAF\"}"},
                                           GarbageCase{"LoneSurrogate", R"({"a": "\ud800"})"},
                                           GarbageCase{"Zeros", std::string(8, '\0')}),
                         [](const auto& row) { return row.param.name; });

TEST(JsonBodyTest, ContentTypesOfJsonAreTaken) {
  for (const char* type : {"", "application/json", "Application/JSON; charset=utf-8",
                           "application/vnd.example+json"}) {
    EXPECT_THAT(ParseJsonBody(Posted(type, "{}")), IsOk()) << type;
  }
}

TEST(JsonBodyTest, OtherContentTypesAreUnimplemented) {
  EXPECT_THAT(ParseJsonBody(Posted("text/xml", "<a/>")),
              StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(JsonBodyTest, AFormGivesItsPayload) {
  const auto json = ParseJsonBody(Posted("application/x-www-form-urlencoded",
                                         "x=1&payload=%7B%22a%22%3A+%22b%2Bc%20%E4%B8%AD%22%7D"));
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ((*json)["a"], "b+c 中");
}

TEST(JsonBodyTest, AFormWithoutPayloadSaysWhatToSend) {
  EXPECT_THAT(ParseJsonBody(Posted("application/x-www-form-urlencoded", R"({"a": 1})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("content-type")));
}

TEST(JsonBodyTest, BrokenPercentCodesStandForThemselves) {
  EXPECT_THAT(
      ParseJsonBody(Posted("application/x-www-form-urlencoded", "payload=%7B%22a%22:1%7D%")),
      StatusIs(absl::StatusCode::kInvalidArgument));
  const auto json =
      ParseJsonBody(Posted("application/x-www-form-urlencoded", "payload={\"a\":\"50%zz\"}"));
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ((*json)["a"], "50%zz");
}

}  // namespace
}  // namespace clearway
