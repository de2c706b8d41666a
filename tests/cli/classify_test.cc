#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "service/domain/taxonomy.h"
#include "tests/cli/cli_runner.h"
#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::CliResult;
using ::clearway::testing::LinesOf;
using ::clearway::testing::RunClearway;
using ::clearway::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Json = nlohmann::ordered_json;

constexpr char kBlocked[] =
    R"({"id":"a","title":"Export of invoices","description":"Done and tested.","comments":[)"
    R"({"author":"dev","body":"Still waiting for legal to sign off, we cannot ship."}],)"
    R"("status":"In Progress"})";

std::vector<std::string> KeysOf(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

TEST(ClassifyCommandTest, PrintsTheKeysInOrder) {
  const CliResult result = RunClearway({"classify", "--jsonl"}, kBlocked);
  ASSERT_EQ(result.code, 0) << result.err;
  ASSERT_THAT(LinesOf(result.out), SizeIs(1));
  const Json verdict = Json::parse(result.out);
  EXPECT_THAT(KeysOf(verdict), ElementsAre("id", "category", "reason", "secondary", "confidence",
                                           "waiting_on", "evidence", "model_version"));
  EXPECT_EQ(verdict["id"], "a");
  EXPECT_TRUE(ParseCategory(std::string(verdict["category"])).has_value());
  EXPECT_TRUE(verdict["confidence"].is_number());
  for (const Json& span : verdict["evidence"]) {
    EXPECT_THAT(KeysOf(span), ElementsAre("field", "begin", "end", "text", "begin_code_point",
                                          "end_code_point", "weight"));
  }
}

TEST(ClassifyCommandTest, EvidenceIsWhatItsOffsetsSay) {
  const Json ticket = Json::parse(kBlocked);
  const Json verdict = Json::parse(RunClearway({"classify", "--jsonl"}, kBlocked).out);
  for (const Json& span : verdict["evidence"]) {
    const std::string field = span["field"];
    const std::string text = field == "comments[0]" ? ticket["comments"][0]["body"] : ticket[field];
    const size_t begin = span["begin"];
    const size_t end = span["end"];
    EXPECT_EQ(text.substr(begin, end - begin), span["text"]);
    // All of it is ASCII.
    EXPECT_EQ(span["begin_code_point"], span["begin"]);
    EXPECT_EQ(span["end_code_point"], span["end"]);
    EXPECT_GT(span["weight"], 0);
  }
}

TEST(ClassifyCommandTest, LabelsAreNeverLookedAt) {
  Json labelled = Json::parse(kBlocked);
  labelled["category"] = "NOT_BLOCKED";
  labelled["reason"] = 7;
  labelled["waiting_on"] = "nobody";
  EXPECT_EQ(RunClearway({"classify", "--jsonl"}, labelled.dump()).out,
            RunClearway({"classify", "--jsonl"}, kBlocked).out);
}

TEST(ClassifyCommandTest, BadLinesAreNamedAndTheRestIsClassified) {
  const TempDir dir;
  std::ofstream(dir.File("x.jsonl")) << "{\"id\":\"a\"}\noops\n{\"id\":7}\n{\"id\":\"b\"}\n";
  const CliResult result = RunClearway({"classify", "--jsonl", dir.File("x.jsonl")});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(LinesOf(result.out),
              ElementsAre(HasSubstr("\"id\":\"a\""), HasSubstr("\"id\":\"b\"")));
  EXPECT_THAT(LinesOf(result.err),
              ElementsAre(HasSubstr(dir.File("x.jsonl") + ":2: "),
                          HasSubstr(dir.File("x.jsonl") + ":3: "), HasSubstr("2")));
}

TEST(ClassifyCommandTest, DashIsTheStandardInput) {
  EXPECT_THAT(RunClearway({"classify", "--jsonl", "-"}, R"({"id":"a"})").out, HasSubstr("\"a\""));
}

TEST(ClassifyCommandTest, MissingFileDoesNotStopTheOthers) {
  const CliResult result =
      RunClearway({"classify", "--jsonl", "/nonexistent/x.jsonl", "-"}, R"({"id":"a"})");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("/nonexistent/x.jsonl"));
  EXPECT_THAT(result.out, HasSubstr("\"a\""));
}

TEST(ClassifyCommandTest, InvalidUtf8IsRefusedByLine) {
  const CliResult result =
      RunClearway({"classify", "--jsonl"}, "{\"id\":\"a\",\"title\":\"\xff\"}\n{\"id\":\"b\"}\n");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("stdin:1: "));
  EXPECT_THAT(LinesOf(result.out), SizeIs(1));
}

TEST(ClassifyCommandTest, EmptyInputGivesNothing) {
  const CliResult result = RunClearway({"classify", "--jsonl"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, IsEmpty());
}

TEST(ClassifyCommandTest, ModelThatIsNoneIsNamed) {
  const TempDir dir;
  std::ofstream(dir.File("model")) << "no model";
  const CliResult result =
      RunClearway({"classify", "--jsonl", "--model", dir.File("model")}, R"({"id":"a"})");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr(dir.File("model")));
  EXPECT_THAT(result.out, IsEmpty());
}

// What the classifier says is taken for the label, so that its quality plays no part.
class EvaluateCommandTest : public ::testing::Test {
 protected:
  EvaluateCommandTest() {
    for (const char* id : {"a", "b"}) {
      Json record = Json::parse(kBlocked);
      record["id"] = id;
      const Json verdict = Json::parse(RunClearway({"classify", "--jsonl"}, record.dump()).out);
      record["category"] = category_ = verdict["category"];
      record["reason"] = verdict["reason"];
      record["lang"] = "en";
      record["difficulty"] = "plain";
      records_ += record.dump() + "\n";
    }
  }

  std::string category_;
  std::string records_;
};

TEST_F(EvaluateCommandTest, MeasuresAsJson) {
  const std::string other = category_ == "RESOURCE" ? "TECHNICAL" : "RESOURCE";
  Json wrong = Json::parse(kBlocked);
  wrong["category"] = other;
  wrong["lang"] = "zh";
  const CliResult result = RunClearway({"evaluate", "--json"}, records_ + wrong.dump());
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["accuracy"]["cases"], 3);
  EXPECT_EQ(json["accuracy"]["right"], 2);
  EXPECT_EQ(json["confusion"][category_][category_], 2);
  EXPECT_EQ(json["confusion"][other][category_], 1);
  EXPECT_EQ(json["by_language"]["en"]["value"], 1.0);
  EXPECT_EQ(json["by_language"]["zh"]["value"], 0.0);
}

TEST_F(EvaluateCommandTest, PrintsEveryMeasure) {
  const CliResult result = RunClearway({"evaluate"}, records_);
  ASSERT_EQ(result.code, 0) << result.err;
  for (const char* measure : {"accuracy", "macro F1", "precision", "recall", "reason",
                              "calibration error", "label \\ verdict", "language", "difficulty"}) {
    EXPECT_THAT(result.out, HasSubstr(measure));
  }
}

TEST_F(EvaluateCommandTest, FormatJsonIsTheSameAsJson) {
  EXPECT_EQ(RunClearway({"evaluate", "--format", "json"}, records_).out,
            RunClearway({"evaluate", "--json"}, records_).out);
}

TEST_F(EvaluateCommandTest, GroupsHaveEveryMeasure) {
  const Json json = Json::parse(RunClearway({"evaluate", "--json"}, records_).out);
  for (const Json& group : {json["by_language"]["en"], json["by_difficulty"]["plain"]}) {
    EXPECT_THAT(KeysOf(group), ElementsAre("value", "right", "cases", "macro_f1", "reason"));
    EXPECT_EQ(group["macro_f1"], 1.0);
    EXPECT_EQ(group["reason"]["cases"], 2);
  }
}

TEST_F(EvaluateCommandTest, AModelIsNotBetterThanItself) {
  const TempDir dir;
  std::ofstream(dir.File("x.jsonl")) << records_;
  const CliResult text =
      RunClearway({"evaluate", "--compare", "built-in", "built-in", dir.File("x.jsonl")});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("2 records"));
  EXPECT_THAT(text.out, HasSubstr("p = 1.0000"));
  EXPECT_THAT(text.out, HasSubstr("B is not told apart from A"));
  const CliResult result = RunClearway(
      {"evaluate", "--format=json", "--compare", "built-in", "built-in", dir.File("x.jsonl")});
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["both_right"], 2);
  EXPECT_EQ(json["b_is"], "NOT_TOLD_APART");
  EXPECT_EQ(json["a"]["model_version"], json["b"]["model_version"]);
}

TEST_F(EvaluateCommandTest, ComparisonNamesWhatIsWrong) {
  EXPECT_EQ(RunClearway({"evaluate", "--compare", "built-in"}, records_).code, 2);
  EXPECT_EQ(
      RunClearway({"evaluate", "--model", "x", "--compare", "built-in", "built-in"}, records_).code,
      2);
  const CliResult missing =
      RunClearway({"evaluate", "--compare", "built-in", "/nonexistent/m"}, records_);
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("/nonexistent/m"));
  const CliResult empty = RunClearway({"evaluate", "--compare", "built-in", "built-in"});
  EXPECT_EQ(empty.code, 0);
  EXPECT_THAT(empty.out, HasSubstr("0 records"));
}

TEST_F(EvaluateCommandTest, UnlabelledRecordIsAFault) {
  const CliResult result = RunClearway({"evaluate", "--json"}, records_ + R"({"id":"c"})");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("stdin:3: category"));
  EXPECT_EQ(Json::parse(result.out)["accuracy"]["cases"], 2);
}

}  // namespace
}  // namespace clearway
