#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/cli/cli_runner.h"

namespace clearway {
namespace {

using ::clearway::testing::CliResult;
using ::clearway::testing::RunClearway;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(UsageTest, HelpIsNoFailure) {
  const CliResult result = RunClearway({"--help"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("classify"));
  EXPECT_THAT(result.err, IsEmpty());
}

TEST(UsageTest, VersionIsNoFailure) { EXPECT_EQ(RunClearway({"--version"}).code, 0); }

struct WrongUse {
  const char* name;
  std::vector<std::string> args;
  // What the message must name.
  const char* at;
};

class WrongUseTest : public ::testing::TestWithParam<WrongUse> {};

TEST_P(WrongUseTest, EndsWithTwoAndSaysWhy) {
  const CliResult result = RunClearway(GetParam().args);
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr(GetParam().at));
  EXPECT_THAT(result.out, IsEmpty());
}

const WrongUse kWrongUses[] = {
    {"NoCommand", {}, "command"},
    {"UnknownCommand", {"clasify"}, "clasify"},
    {"UnknownSubcommand", {"blockers", "lst"}, "lst"},
    {"UnknownOption", {"classify", "--jsn"}, "--jsn"},
    {"MissingArgument", {"blockers", "get"}, "blocker"},
    {"BadDuration", {"report", "--since", "yesterday"}, "yesterday"},
    {"BadFormat", {"report", "--format", "xml"}, "xml"},
    {"BadLanguage", {"report", "--lang", "fr"}, "fr"},
    {"BadLimit", {"blockers", "list", "--limit", "-1"}, "limit"},
    {"BadCategory", {"feedback", "7", "--category", "BLOCKED", "--actor", "a"}, "BLOCKED"},
    {"TooManyArguments", {"feedback", "7", "8", "--actor", "a"}, "8"},
    {"FeedbackOnNothing", {"feedback", "--category", "RESOURCE", "--actor", "a"}, "--ticket"},
    {"FeedbackWithoutCategory", {"feedback", "7", "--actor", "a"}, "--category"},
    {"NoSource", {"ingest", "x.jsonl"}, "--source"},
    {"PolicyWithoutFile", {"policy", "check"}, "file"},
};
INSTANTIATE_TEST_SUITE_P(All, WrongUseTest, ::testing::ValuesIn(kWrongUses),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace clearway
