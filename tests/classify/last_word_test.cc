#include "service/classify/last_word.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LastWordTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  absl::StatusOr<std::vector<LastWord>> Read(const std::string& text) const {
    std::ofstream(path_) << text;
    return ReadLastWords({path_});
  }

  const std::string path_ =
      ::testing::TempDir() + "last-words-" + std::to_string(getpid()) + ".jsonl";
};

TEST_F(LastWordTest, IsReadWhole) {
  const auto words = Read(
      R"({"id":"1","lang":"en","body":"merged","lifts":true,"fits":["TECHNICAL","CROSS_TEAM"]})"
      "\n"
      R"({"id":"2","lang":"zh","body":"还没好","lifts":false,"fits":["RESOURCE"]})"
      "\n");
  ASSERT_THAT(words, IsOk());
  ASSERT_EQ(words->size(), 2U);
  EXPECT_EQ((*words)[0].body, "merged");
  EXPECT_TRUE((*words)[0].lifts);
  EXPECT_THAT((*words)[0].fits, ElementsAre(Category::kTechnical, Category::kCrossTeam));
  EXPECT_EQ((*words)[1].lang, "zh");
  EXPECT_FALSE((*words)[1].lifts);
}

struct FaultCase {
  const char* name;
  const char* line;
  const char* says;
};

class LastWordFaultTest : public LastWordTest, public ::testing::WithParamInterface<FaultCase> {};

TEST_P(LastWordFaultTest, NamesFileLineAndFault) {
  const auto words =
      Read(std::string(R"({"id":"1","lang":"en","body":"ok","lifts":true,"fits":["TECHNICAL"]})") +
           "\n" + GetParam().line + "\n");
  EXPECT_THAT(words, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(words.status().message()), HasSubstr(path_ + ":2: "));
  EXPECT_THAT(std::string(words.status().message()), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, LastWordFaultTest,
    ::testing::Values(
        FaultCase{"NoJson", "merged", "JSON"},
        FaultCase{"NoBody", R"({"id":"1","lang":"en","lifts":true,"fits":["TECHNICAL"]})", "body"},
        FaultCase{"NoLifts", R"({"id":"1","lang":"en","body":"x","fits":["TECHNICAL"]})", "lifts"},
        FaultCase{"FitsNothing", R"({"id":"1","lang":"en","body":"x","lifts":true,"fits":[]})",
                  "fits"},
        FaultCase{"FitsNoBlocker",
                  R"({"id":"1","lang":"en","body":"x","lifts":true,"fits":["NOT_BLOCKED"]})",
                  "fits"}),
    [](const auto& row) { return row.param.name; });

TEST_F(LastWordTest, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT(ReadLastWords({path_ + ".none"}), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace clearway
