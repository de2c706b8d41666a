#include "service/server/validate.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Valid, with every bound within reach.
v1::TicketEvent ValidEvent() {
  v1::TicketEvent event;
  event.set_tenant("acme");
  event.set_source("jira");
  event.set_event_id("e1");
  event.mutable_event_time()->set_seconds(1'770'000'000);
  event.mutable_ticket()->set_key("PAY-1");
  return event;
}

std::vector<std::string> Faults(const v1::TicketEvent& event) {
  std::vector<std::string> fields;
  for (const FieldFault& fault : FieldFaultsOf(ValidateTicketEvent(event, "event"))) {
    fields.push_back(fault.field);
  }
  return fields;
}

std::string Bytes(size_t count) { return std::string(count, 'x'); }

void AddComment(v1::TicketEvent* event, const std::string& id, const std::string& body = "") {
  v1::Comment* comment = event->mutable_ticket()->add_comments();
  comment->set_id(id);
  comment->set_body(body);
}

// What to do to a valid event, and which field is then at fault; none: still valid.
struct EventCase {
  const char* name;
  std::function<void(v1::TicketEvent*)> change;
  const char* field;
};

class ValidateEventTest : public ::testing::TestWithParam<EventCase> {};

TEST_P(ValidateEventTest, NamesTheField) {
  v1::TicketEvent event = ValidEvent();
  GetParam().change(&event);
  if (GetParam().field == nullptr) {
    EXPECT_THAT(Faults(event), IsEmpty());
  } else {
    EXPECT_THAT(Faults(event), ElementsAre(GetParam().field));
  }
}

using E = v1::TicketEvent;
const EventCase kEvents[] = {
    {"Valid", [](E*) {}, nullptr},
    {"NoTenant", [](E* e) { e->clear_tenant(); }, "event.tenant"},
    {"TenantInCapitals", [](E* e) { e->set_tenant("Acme"); }, "event.tenant"},
    {"TenantTooLong", [](E* e) { e->set_tenant(std::string(64, 'a')); }, "event.tenant"},
    {"NoSource", [](E* e) { e->clear_source(); }, "event.source"},
    {"NoEventId", [](E* e) { e->clear_event_id(); }, "event.event_id"},
    {"LongestEventId", [](E* e) { e->set_event_id(Bytes(256)); }, nullptr},
    {"EventIdTooLong", [](E* e) { e->set_event_id(Bytes(257)); }, "event.event_id"},
    {"NoTime", [](E* e) { e->clear_event_time(); }, "event.event_time"},
    {"TimeBefore1970", [](E* e) { e->mutable_event_time()->set_seconds(-1); }, "event.event_time"},
    {"TimeAfter9999", [](E* e) { e->mutable_event_time()->set_seconds(253402300800); },
     "event.event_time"},
    {"LastInstant", [](E* e) { e->mutable_event_time()->set_seconds(253402300799); }, nullptr},
    {"NanosOutOfRange", [](E* e) { e->mutable_event_time()->set_nanos(1'000'000'000); },
     "event.event_time"},
    {"NegativeNanos", [](E* e) { e->mutable_event_time()->set_nanos(-1); }, "event.event_time"},
    {"NoTicket", [](E* e) { e->clear_ticket(); }, "event.ticket.key"},
    {"NoKeyThoughDeleted",
     [](E* e) {
       e->set_deleted(true);
       e->clear_ticket();
     },
     "event.ticket.key"},
    {"KeyTooLong", [](E* e) { e->mutable_ticket()->set_key(Bytes(257)); }, "event.ticket.key"},
    {"ProjectTooLong", [](E* e) { e->mutable_ticket()->set_project(Bytes(257)); },
     "event.ticket.project"},
    {"LongestTitle", [](E* e) { e->mutable_ticket()->set_title(Bytes(4096)); }, nullptr},
    {"TitleTooLong", [](E* e) { e->mutable_ticket()->set_title(Bytes(4097)); },
     "event.ticket.title"},
    {"LongestDescription", [](E* e) { e->mutable_ticket()->set_description(Bytes(1 << 20)); },
     nullptr},
    {"DescriptionTooLong", [](E* e) { e->mutable_ticket()->set_description(Bytes((1 << 20) + 1)); },
     "event.ticket.description"},
    {"StatusTooLong", [](E* e) { e->mutable_ticket()->set_status(Bytes(257)); },
     "event.ticket.status"},
    {"AssigneeTooLong", [](E* e) { e->mutable_ticket()->set_assignee(Bytes(257)); },
     "event.ticket.assignee"},
    {"ReporterTooLong", [](E* e) { e->mutable_ticket()->set_reporter(Bytes(257)); },
     "event.ticket.reporter"},
    {"UrlTooLong", [](E* e) { e->mutable_ticket()->set_url(Bytes(2049)); }, "event.ticket.url"},
    {"UnknownPriority",
     [](E* e) { e->mutable_ticket()->set_priority(static_cast<v1::Priority>(9)); },
     "event.ticket.priority"},
    {"LabelTooLong",
     [](E* e) {
       e->mutable_ticket()->add_labels(Bytes(2));
       e->mutable_ticket()->add_labels(Bytes(257));
     },
     "event.ticket.labels[1]"},
    {"TooManyLabels",
     [](E* e) {
       for (int i = 0; i < 201; ++i) e->mutable_ticket()->add_labels(Bytes(1));
     },
     "event.ticket.labels"},
    {"LinkWithoutKey", [](E* e) { e->mutable_ticket()->add_links()->set_type("blocks"); },
     "event.ticket.links[0].key"},
    {"LinkWithoutType", [](E* e) { e->mutable_ticket()->add_links()->set_key("PAY-2"); },
     "event.ticket.links[0].type"},
    {"TooManyLinks",
     [](E* e) {
       for (int i = 0; i < 1001; ++i) e->mutable_ticket()->add_links();
     },
     "event.ticket.links"},
    {"CommentWithoutIdInSnapshot", [](E* e) { AddComment(e, ""); }, nullptr},
    {"CommentTooLong",
     [](E* e) {
       for (int i = 0; i < 3; ++i) AddComment(e, "");
       AddComment(e, "", Bytes((256 << 10) + 1));
     },
     "event.ticket.comments[3].body"},
    {"TooManyComments",
     [](E* e) {
       for (int i = 0; i < 2001; ++i) AddComment(e, "");
     },
     "event.ticket.comments"},
    {"CommentIdTwice",
     [](E* e) {
       AddComment(e, "1");
       AddComment(e, "1");
     },
     "event.ticket.comments[1].id"},
    {"CommentTimeIsNone",
     [](E* e) {
       AddComment(e, "1");
       e->mutable_ticket()->mutable_comments(0)->mutable_create_time()->set_nanos(-1);
     },
     "event.ticket.comments[0].create_time"},
    {"TicketOlderThan1970IsFine",
     [](E* e) { e->mutable_ticket()->mutable_create_time()->set_seconds(-1'000'000'000); },
     nullptr},
    {"DueTimeIsNone",
     [](E* e) { e->mutable_ticket()->mutable_due_time()->set_seconds(253402300800); },
     "event.ticket.due_time"},
    {"UpsertWithoutId", [](E* e) { e->add_comment_upserts()->set_body("x"); },
     "event.comment_upserts[0].id"},
    {"DeletedIdEmpty", [](E* e) { e->add_deleted_comment_ids(Bytes(0)); },
     "event.deleted_comment_ids[0]"},
    {"MaskOfKnownFields",
     [](E* e) {
       e->mutable_ticket_mask()->add_paths("title");
       e->mutable_ticket_mask()->add_paths("key");
     },
     nullptr},
    {"MaskOfUnknownField",
     [](E* e) {
       e->mutable_ticket_mask()->add_paths("title");
       e->mutable_ticket_mask()->add_paths("colour");
     },
     "event.ticket_mask.paths[1]"},
    {"MaskIntoAField", [](E* e) { e->mutable_ticket_mask()->add_paths("comments.body"); },
     "event.ticket_mask.paths[0]"},
    {"ActorTooLong", [](E* e) { e->set_actor(Bytes(257)); }, "event.actor"},
};
INSTANTIATE_TEST_SUITE_P(All, ValidateEventTest, ::testing::ValuesIn(kEvents),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ValidateTest, BytesAreCountedNotCharacters) {
  v1::TicketEvent event = ValidEvent();
  std::string chinese;
  for (int i = 0; i < 1400; ++i) absl::StrAppend(&chinese, "法");
  event.mutable_ticket()->set_title(chinese);
  EXPECT_THAT(Faults(event), ElementsAre("event.ticket.title"));
}

TEST(ValidateTest, ManyFaultsStaySmall) {
  v1::TicketEvent event = ValidEvent();
  for (int i = 0; i < 1000; ++i) event.mutable_ticket()->add_links();
  EXPECT_THAT(Faults(event).size(), ::testing::Le(FieldViolations::kMaxFaults));
}

TEST(ValidateTest, NoFaultRepeatsTheTicketsText) {
  v1::TicketEvent event = ValidEvent();
  event.mutable_ticket()->set_title(std::string(5000, 'S'));
  event.mutable_ticket_mask()->add_paths("SSSS");
  EXPECT_EQ(ValidateTicketEvent(event, "event").message().find("SSSS"), absl::string_view::npos);
}

}  // namespace
}  // namespace clearway
