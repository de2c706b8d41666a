#include "service/classify/record_writer.h"

#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;

LabelledRecord FullRecord() {
  LabelledRecord record;
  record.id = "r-1";
  record.ticket.key = "r-1";
  record.ticket.title = "Say \"when\"";
  record.ticket.description = "等待法务部门审批\nstill nothing";
  record.ticket.comments = {{"", "dev", "asked", absl::InfinitePast(), absl::InfinitePast()},
                            {"", "", "and again", absl::InfinitePast(), absl::InfinitePast()}};
  record.ticket.status = "In Progress";
  record.ticket.labels = {"money"};
  record.ticket.links = {{"is blocked by", "LEG-9"}};
  record.has_labels = true;
  record.lang = "zh";
  record.category = Category::kCrossTeam;
  record.reason = Reason::kApprovalOrSignOff;
  record.secondary = Category::kCommunication;
  record.waiting_on = "法务";
  record.difficulty = "plain";
  return record;
}

TEST(RecordWriterTest, WhatIsWrittenIsReadBack) {
  const LabelledRecord record = FullRecord();
  const absl::StatusOr<LabelledRecord> read =
      ParseRecord(WriteRecord(record, "feedback"), RecordLabels::kRead);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->id, record.id);
  EXPECT_EQ(read->ticket, record.ticket);
  EXPECT_TRUE(read->has_labels);
  EXPECT_EQ(read->lang, record.lang);
  EXPECT_EQ(read->category, record.category);
  EXPECT_EQ(read->reason, record.reason);
  EXPECT_EQ(read->secondary, record.secondary);
  EXPECT_EQ(read->waiting_on, record.waiting_on);
  EXPECT_EQ(read->difficulty, record.difficulty);
}

TEST(RecordWriterTest, IsOneLineWhateverTheTextHolds) {
  LabelledRecord record = FullRecord();
  record.ticket.description = "a\nb\r\n\xff\xfe";
  const std::string line = WriteRecord(record, "feedback");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_THAT(ParseRecord(line, RecordLabels::kRead), IsOk());
}

TEST(RecordWriterTest, RecordWithoutLabelsHasNone) {
  LabelledRecord record = FullRecord();
  record.has_labels = false;
  EXPECT_FALSE(ParseRecord(WriteRecord(record, "x"), RecordLabels::kRead)->has_labels);
}

}  // namespace
}  // namespace clearway
