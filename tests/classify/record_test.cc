#include "service/classify/record.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

constexpr char kFull[] =
    R"({"id":"dev-1","lang":"zh","title":"t","description":"d","comments":[{"author":"dev","body":"b1"},)"
    R"({"author":"pm","body":"b2"}],"status":"Open","labels":["x","y"],)"
    R"("links":[{"type":"is blocked by","key":"PAY-12"}],"category":"CROSS_TEAM",)"
    R"("reason":"APPROVAL_OR_SIGN_OFF","secondary":"COMMUNICATION","waiting_on":"legal",)"
    R"("difficulty":"trap","source":"somewhere","extra":{"a":[1]}})";

TEST(ParseRecordTest, ReadsTheTicket) {
  const auto record = ParseRecord(kFull, RecordLabels::kIgnored);
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->id, "dev-1");
  const Ticket& ticket = record->ticket;
  EXPECT_EQ(ticket.key, "dev-1");
  EXPECT_EQ(ticket.title, "t");
  EXPECT_EQ(ticket.description, "d");
  EXPECT_EQ(ticket.status, "Open");
  EXPECT_THAT(ticket.labels, ElementsAre("x", "y"));
  EXPECT_THAT(ticket.links, ElementsAre(TicketLink{"is blocked by", "PAY-12"}));
  ASSERT_THAT(ticket.comments, SizeIs(2));
  EXPECT_EQ(ticket.comments[0].author, "dev");
  EXPECT_EQ(ticket.comments[1].body, "b2");
}

TEST(ParseRecordTest, ReadsLabelsWhenAskedTo) {
  const auto record = ParseRecord(kFull, RecordLabels::kRead);
  ASSERT_THAT(record, IsOk());
  EXPECT_TRUE(record->has_labels);
  EXPECT_EQ(record->lang, "zh");
  EXPECT_EQ(record->category, Category::kCrossTeam);
  EXPECT_EQ(record->reason, Reason::kApprovalOrSignOff);
  EXPECT_EQ(record->secondary, Category::kCommunication);
  EXPECT_EQ(record->waiting_on, "legal");
  EXPECT_EQ(record->difficulty, "trap");
}

TEST(ParseRecordTest, IgnoredLabelsMayBeNonsense) {
  const auto record = ParseRecord(
      R"({"id":"1","category":"FOO","reason":7,"lang":[],"secondary":{}})", RecordLabels::kIgnored);
  ASSERT_THAT(record, IsOk());
  EXPECT_FALSE(record->has_labels);
}

TEST(ParseRecordTest, EverythingButTheIdMayBeMissing) {
  const auto record =
      ParseRecord(R"({"id":"1","title":null,"comments":null})", RecordLabels::kRead);
  ASSERT_THAT(record, IsOk());
  EXPECT_FALSE(record->has_labels);
  EXPECT_THAT(record->ticket.comments, IsEmpty());
}

struct BadRecord {
  const char* name;
  const char* line;
  // What the message must name.
  const char* at;
};

class BadRecordTest : public ::testing::TestWithParam<BadRecord> {};

TEST_P(BadRecordTest, SaysWhere) {
  EXPECT_THAT(ParseRecord(GetParam().line, RecordLabels::kRead),
              StatusIs(kInvalid, HasSubstr(GetParam().at)));
}

const BadRecord kBadRecords[] = {
    {"CutOff", R"({"id":"1","title":)", "byte 19"},
    {"NotUtf8", "{\"id\":\"\xff\"}", "UTF-8"},
    {"LoneSurrogate", R"({"id":"\ud800"})", "byte"},
    {"TwoValues", R"({"id":"1"} {"id":"2"})", "byte"},
    {"NoObject", R"(["id"])", "object"},
    {"NoId", R"({"title":"t"})", "id:"},
    {"EmptyId", R"({"id":""})", "id:"},
    {"NumericId", R"({"id":7})", "id:"},
    {"TitleNumber", R"({"id":"1","title":7})", "title: must be a string, is number"},
    {"CommentsObject", R"({"id":"1","comments":{}})", "comments: must be an array"},
    {"CommentString", R"({"id":"1","comments":[{"body":""},"x"]})", "comments[1]"},
    {"CommentBody", R"({"id":"1","comments":[{"body":1}]})", "comments[0].body"},
    {"LabelNumber", R"({"id":"1","labels":["a",2]})", "labels[1]"},
    {"LinkKey", R"({"id":"1","links":[{"type":"t","key":[]}]})", "links[0].key"},
    {"UnknownCategory", R"({"id":"1","category":"BLOCKED"})", "BLOCKED"},
    {"NeedsReviewIsNoLabel", R"({"id":"1","category":"NEEDS_REVIEW"})", "NEEDS_REVIEW"},
    {"UnknownReason", R"({"id":"1","category":"TECHNICAL","reason":"BUG"})", "BUG"},
    {"ReasonOfAnotherCategory", R"({"id":"1","category":"TECHNICAL","reason":"STAFFING"})",
     "STAFFING"},
    {"ReasonWithoutBlocker", R"({"id":"1","category":"NOT_BLOCKED","reason":"DEFECT"})", "DEFECT"},
    {"UnknownSecondary", R"({"id":"1","category":"TECHNICAL","secondary":"X"})", "secondary"},
};
INSTANTIATE_TEST_SUITE_P(All, BadRecordTest, ::testing::ValuesIn(kBadRecords),
                         [](const auto& row) { return row.param.name; });

TEST(ParseRecordTest, DeepNestingIsRefused) {
  const std::string deep = absl::StrCat(R"({"id":"1","x":)", std::string(1'000'000, '['));
  EXPECT_THAT(ParseRecord(deep, RecordLabels::kIgnored), StatusIs(kInvalid, HasSubstr("deeper")));
}

class RecordReaderTest : public ::testing::Test {
 protected:
  // Ids of good records, messages of bad lines.
  std::vector<std::string> ReadAll(const std::string& text) {
    std::istringstream in(text);
    RecordReader reader(in, "f.jsonl", RecordLabels::kIgnored);
    std::vector<std::string> seen;
    while (auto record = reader.Next()) {
      seen.push_back(record->ok() ? (*record)->id : std::string(record->status().message()));
      lines_.push_back(reader.line_number());
    }
    return seen;
  }

  std::vector<int> lines_;
};

TEST_F(RecordReaderTest, ReadsLineByLine) {
  EXPECT_THAT(ReadAll("{\"id\":\"a\"}\n{\"id\":\"b\"}\n"), ElementsAre("a", "b"));
  EXPECT_THAT(lines_, ElementsAre(1, 2));
}

TEST_F(RecordReaderTest, LastLineNeedsNoEnd) {
  EXPECT_THAT(ReadAll("{\"id\":\"a\"}\n{\"id\":\"b\"}"), ElementsAre("a", "b"));
}

TEST_F(RecordReaderTest, BlankLinesAreCountedAndPassedOver) {
  EXPECT_THAT(ReadAll("\n  \t\r\n{\"id\":\"a\"}\r\n\n"), ElementsAre("a"));
  EXPECT_THAT(lines_, ElementsAre(3));
}

TEST_F(RecordReaderTest, ByteOrderMarkIsPassedOver) {
  EXPECT_THAT(ReadAll("\xEF\xBB\xBF{\"id\":\"a\"}\n"), ElementsAre("a"));
}

TEST_F(RecordReaderTest, BadLineIsNamedAndTheRestGoesOn) {
  EXPECT_THAT(ReadAll("{\"id\":\"a\"}\noops\n{\"id\":\"b\"}\n"),
              ElementsAre("a", HasSubstr("f.jsonl:2: "), "b"));
}

TEST_F(RecordReaderTest, LineOfExactlyTheLimitIsRead) {
  const std::string head = R"({"id":"a","title":")";
  const std::string tail = R"("})";
  const std::string line =
      absl::StrCat(head, std::string(kMaxRecordBytes - head.size() - tail.size(), 'x'), tail);
  EXPECT_THAT(ReadAll(absl::StrCat(line, "\n{\"id\":\"b\"}\n")), ElementsAre("a", "b"));
}

TEST_F(RecordReaderTest, LongerLineIsRefusedAndTheRestGoesOn) {
  const std::string line =
      absl::StrCat(R"({"id":"a","title":")", std::string(kMaxRecordBytes, 'x'), R"("})");
  EXPECT_THAT(ReadAll(absl::StrCat(line, "\n{\"id\":\"b\"}\n")),
              ElementsAre(HasSubstr("f.jsonl:1: longer than 4 MiB"), "b"));
}

TEST_F(RecordReaderTest, LinesAroundTheReadBufferComeOutWhole) {
  for (size_t size = 4090; size < 4100; ++size) {
    const std::string head = R"({"id":"a","title":")";
    const std::string line =
        absl::StrCat(head, std::string(size - head.size() - 2, 'x'), R"("})", "\n");
    EXPECT_THAT(ReadAll(absl::StrCat(line, line)), ElementsAre("a", "a")) << size;
  }
}

TEST_F(RecordReaderTest, NulBytesDoNotEndALine) {
  EXPECT_THAT(ReadAll(std::string("{\"id\":\"a\"\0}\n{\"id\":\"b\"}", 23)),
              ElementsAre(HasSubstr("f.jsonl:1: "), "b"));
}

TEST_F(RecordReaderTest, EmptyInputHasNoRecords) { EXPECT_THAT(ReadAll(""), IsEmpty()); }

TEST(ReadLabelledFilesTest, MissingFileIsNotFound) {
  EXPECT_THAT(ReadLabelledFiles({"/nonexistent/x.jsonl"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/x.jsonl")));
}

TEST(ReadLabelledFilesTest, FolderStandsForItsRecordFiles) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "record_folder";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "notes.md") << "no records\n";
  EXPECT_THAT(ReadLabelledFiles({folder.string()}), StatusIs(absl::StatusCode::kNotFound));
  std::ofstream(folder / "a.jsonl") << R"({"id":"1","category":"NOT_BLOCKED"})"
                                    << "\n";
  const absl::StatusOr<std::vector<LabelledRecord>> records = ReadLabelledFiles({folder.string()});
  ASSERT_THAT(records, IsOk());
  EXPECT_EQ(records->size(), 1U);
}

}  // namespace
}  // namespace clearway
