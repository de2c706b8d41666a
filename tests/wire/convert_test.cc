#include "service/wire/convert.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/wire/time.h"

namespace clearway {
namespace {

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'770'000'000 + seconds); }

// No field has its default value.
Ticket FullTicket() {
  Ticket ticket;
  ticket.key = "PAY-1";
  ticket.project = "PAY";
  ticket.title = "Release payments";
  ticket.description = "法务还没有签字";
  ticket.comments = {{"1", "dev", "still waiting", At(1), At(2)}};
  ticket.status = "Blocked";
  ticket.done = true;
  ticket.flagged = true;
  ticket.labels = {"release", "legal"};
  ticket.links = {{"is blocked by", "LEG-2"}};
  ticket.assignee = "ann";
  ticket.reporter = "bob";
  ticket.priority = Priority::kHigh;
  ticket.create_time = At(3);
  ticket.due_time = At(4);
  ticket.url = "https://tickets.example/PAY-1";
  return ticket;
}

v1::TicketEvent FullEvent() {
  v1::TicketEvent event;
  event.set_tenant("acme");
  event.set_source("jira");
  event.set_event_id("e1");
  *event.mutable_event_time() = ToProto(At(5));
  event.set_sequence(6);
  ToProto(FullTicket(), event.mutable_ticket());
  ToProto(Comment{"2", "pm", "edited", At(7), At(8)}, event.add_comment_upserts());
  event.add_deleted_comment_ids("3");
  event.set_actor("ann");
  return event;
}

TEST(ConvertTest, TicketComesBackWhole) {
  v1::Ticket proto;
  ToProto(FullTicket(), &proto);
  EXPECT_EQ(FromProto(proto), FullTicket());
}

// Guards the test above: a field added to the message must be added to both.
TEST(ConvertTest, EveryFieldOfATicketIsConverted) {
  v1::Ticket proto;
  ToProto(FullTicket(), &proto);
  const google::protobuf::Descriptor& type = *proto.GetDescriptor();
  std::vector<const google::protobuf::FieldDescriptor*> set;
  proto.GetReflection()->ListFields(proto, &set);
  EXPECT_EQ(static_cast<int>(set.size()), type.field_count());
}

TEST(ConvertTest, AbsentTimesStayAbsent) {
  v1::Ticket proto;
  ToProto(Ticket{}, &proto);
  EXPECT_FALSE(proto.has_create_time());
  EXPECT_FALSE(proto.has_due_time());
  EXPECT_EQ(FromProto(v1::Ticket()), Ticket());
  v1::Comment comment;
  ToProto(Comment{}, &comment);
  EXPECT_FALSE(comment.has_create_time());
  EXPECT_EQ(FromProto(comment), Comment());
}

TEST(ConvertTest, EventComesOver) {
  const TicketEvent event = FromProto(FullEvent());
  EXPECT_EQ(event.key(), (TicketKey{"acme", "jira", "PAY-1"}));
  EXPECT_EQ(event.version, (Version{At(5), 6, "e1"}));
  EXPECT_EQ(event.ticket, FullTicket());
  EXPECT_EQ(event.comment_upserts, (std::vector<Comment>{{"2", "pm", "edited", At(7), At(8)}}));
  EXPECT_EQ(event.deleted_comment_ids, std::vector<std::string>{"3"});
  EXPECT_EQ(event.actor, "ann");
  EXPECT_FALSE(event.deleted);
}

TEST(ConvertTest, EmptyMaskStandsForEveryFieldButDeletion) {
  const TicketEvent event = FromProto(FullEvent());
  EXPECT_EQ(event.fields.count(), kTicketFieldCount - 1);
  EXPECT_FALSE(event.fields[static_cast<size_t>(TicketField::kDeleted)]);
}

TEST(ConvertTest, MaskNamesTheFieldsThatCount) {
  v1::TicketEvent proto = FullEvent();
  proto.mutable_ticket_mask()->add_paths("title");
  proto.mutable_ticket_mask()->add_paths("key");
  const TicketEvent event = FromProto(proto);
  EXPECT_EQ(event.fields.count(), 1U);
  EXPECT_TRUE(event.fields[static_cast<size_t>(TicketField::kTitle)]);
}

TEST(ConvertTest, DeletionSaysNothingOfFieldsItDoesNotName) {
  v1::TicketEvent proto = FullEvent();
  proto.set_deleted(true);
  const TicketEvent event = FromProto(proto);
  EXPECT_TRUE(event.deleted);
  EXPECT_TRUE(event.fields.none());
}

TEST(ConvertTest, EveryFieldOfTheApisTicketHasAPlaceInMasks) {
  const google::protobuf::Descriptor& type = *v1::Ticket::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string& name = type.field(i)->name();
    EXPECT_EQ(TicketFieldOf(name).has_value(), name != "key") << name;
  }
  EXPECT_EQ(TicketFieldOf(""), std::nullopt);
  EXPECT_EQ(TicketFieldOf("colour"), std::nullopt);
}

TEST(ConvertTest, ClassificationComesBackWhole) {
  const Classification want{Category::kCrossTeam,
                            Reason::kApprovalOrSignOff,
                            Category::kCommunication,
                            0.75,
                            "legal",
                            {{"description", 3, 8, "legal", 1.5, 1, 6}},
                            "m1",
                            "en",
                            {},
                            Category::kResource,
                            "ann"};
  v1::Classification proto;
  ToProto(want, &proto);
  EXPECT_EQ(FromProto(proto), want);
}

TEST(ConvertTest, BlockerTellsItsWholeState) {
  Blocker blocker;
  blocker.id = 7;
  blocker.ticket = {"acme", "jira", "PAY-1"};
  blocker.state = BlockerState::kResolved;
  blocker.category = Category::kCrossTeam;
  blocker.open_time = At(0);
  blocker.past_spells = {{At(0), At(10)}};
  blocker.spell_time = At(20);
  blocker.resolve_time = At(30);
  blocker.update_time = At(30);
  v1::Blocker proto;
  ToProto(blocker, &proto);
  EXPECT_EQ(proto.name(), "tenants/acme/blockers/7");
  EXPECT_EQ(proto.state(), v1::BLOCKER_STATE_RESOLVED);
  EXPECT_EQ(proto.reopen_count(), 1);
  EXPECT_EQ(FromProto(proto.reopen_time()), At(20));
  EXPECT_EQ(FromProto(proto.resolve_time()), At(30));
  EXPECT_FALSE(proto.has_acknowledge_time());
  EXPECT_FALSE(proto.has_next_escalation_time());
}

TEST(ConvertTest, BlockerNeverReopenedHasNoReopenTime) {
  Blocker blocker;
  blocker.spell_time = At(0);
  v1::Blocker proto;
  ToProto(blocker, &proto);
  EXPECT_FALSE(proto.has_reopen_time());
}

TEST(ConvertTest, OnlyASnoozedBlockerTellsWhenItWakes) {
  Blocker blocker;
  blocker.state = BlockerState::kSnoozed;
  blocker.snoozes = {{At(0), At(1)}, {At(2), At(9)}};
  v1::Blocker proto;
  ToProto(blocker, &proto);
  EXPECT_EQ(FromProto(proto.snooze_end_time()), At(9));
  blocker.state = BlockerState::kOpen;
  proto.Clear();
  ToProto(blocker, &proto);
  EXPECT_FALSE(proto.has_snooze_end_time());
}

TEST(ConvertTest, StepTellsRecipientGroupUrgencyAndWhatToDo) {
  Escalation step;
  step.recipient = "party/legal";
  step.group = "party/legal/chat/1";
  step.urgency = 62.5;
  step.next_step = "ask";
  step.fallback = "go on";
  step.handle = "@dana";
  step.draft_language = "zh";
  v1::Escalation proto;
  ToProto(step, &proto);
  EXPECT_EQ(proto.recipient(), "party/legal");
  EXPECT_EQ(proto.group(), "party/legal/chat/1");
  EXPECT_EQ(proto.urgency(), 62.5);
  EXPECT_EQ(proto.next_step(), "ask");
  EXPECT_EQ(proto.fallback(), "go on");
  EXPECT_EQ(proto.handle(), "@dana");
  EXPECT_EQ(proto.draft_language(), "zh");
}

TEST(ConvertTest, SuggestionHasNoNameYet) {
  Escalation step;
  step.ticket = {"acme", "jira", "PAY-1"};
  v1::Escalation proto;
  ToProto(step, &proto);
  EXPECT_EQ(proto.name(), "");
  EXPECT_EQ(proto.blocker(), "");
  EXPECT_FALSE(proto.has_create_time());
  step.id = 3;
  step.blocker_id = 7;
  ToProto(step, &proto);
  EXPECT_EQ(proto.name(), "tenants/acme/escalations/3");
  EXPECT_EQ(proto.blocker(), "tenants/acme/blockers/7");
}

// The casts between the two sides rest on this.
TEST(ConvertTest, EnumsHaveTheSameNumbersAndNames) {
  for (int i = 1; i < kCategoryCount; ++i) {
    EXPECT_EQ(v1::Category_Name(i),
              "CATEGORY_" + std::string(CategoryName(static_cast<Category>(i))));
  }
  for (int i = 1; i < kReasonCount; ++i) {
    EXPECT_EQ(v1::Reason_Name(i), "REASON_" + std::string(ReasonName(static_cast<Reason>(i))));
  }
  for (int i = 1; i < kBlockerStateCount; ++i) {
    EXPECT_EQ(v1::BlockerState_Name(i),
              "BLOCKER_STATE_" + std::string(BlockerStateName(static_cast<BlockerState>(i))));
  }
  EXPECT_EQ(v1::Category_ARRAYSIZE, kCategoryCount);
  EXPECT_EQ(v1::Reason_ARRAYSIZE, kReasonCount);
  for (int i = 0; i < kPriorityCount; ++i) {
    EXPECT_EQ(v1::Priority_Name(i),
              "PRIORITY_" + std::string(PriorityName(static_cast<Priority>(i))));
  }
  EXPECT_EQ(v1::BlockerState_ARRAYSIZE, kBlockerStateCount);
  EXPECT_EQ(v1::Priority_ARRAYSIZE, kPriorityCount);
}

TEST(TimeTest, WholeMicrosecondsComeBack) {
  const absl::Time time = absl::FromUnixMicros(1'770'000'000'123'456);
  EXPECT_EQ(FromProto(ToProto(time)), time);
  const absl::Time before_the_epoch = absl::FromUnixMicros(-1'500'001);
  EXPECT_EQ(FromProto(ToProto(before_the_epoch)), before_the_epoch);
  EXPECT_GE(ToProto(before_the_epoch).nanos(), 0);
}

TEST(TimeTest, FinerPartsAreCutOff) {
  google::protobuf::Timestamp proto;
  proto.set_seconds(10);
  proto.set_nanos(1'999);
  EXPECT_EQ(FromProto(proto), absl::FromUnixSeconds(10) + absl::Microseconds(1));
}

TEST(TimeTest, DurationsComeBack) {
  for (const absl::Duration duration : {absl::ZeroDuration(), absl::Milliseconds(1500),
                                        absl::Hours(24 * 400), -absl::Milliseconds(1500)}) {
    EXPECT_EQ(FromProto(ToProto(duration)), duration);
  }
}

TEST(ConvertTest, MembersOfAMessageAreNamedUnderItsTenant) {
  Escalation message;
  message.ticket = {"acme", "jira", "PAY-1"};
  message.members = {{7, {"acme", "jira", "PAY-1"}, "Title", 1, absl::UnixEpoch()},
                     {9, {"acme", "github", "a/b#2"}, "", 3, absl::UnixEpoch() + absl::Hours(1)}};
  v1::Escalation proto;
  ToProto(message, &proto);
  ASSERT_EQ(proto.members_size(), 2);
  EXPECT_EQ(proto.members(0).blocker(), "tenants/acme/blockers/7");
  EXPECT_EQ(proto.members(0).title(), "Title");
  EXPECT_EQ(proto.members(1).source(), "github");
  EXPECT_EQ(proto.members(1).ticket(), "a/b#2");
  EXPECT_EQ(proto.members(1).level(), 3);
  EXPECT_EQ(proto.members(1).due_time().seconds(), 3600);
}

}  // namespace
}  // namespace clearway
