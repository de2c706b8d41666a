#include "service/cli/record_event.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/wire/time.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::HasSubstr;

class RecordEventTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::TicketEvent> Make(const std::string& line, int64_t sequence = 1) {
    const auto record = ParseRecord(line, RecordLabels::kIgnored);
    if (!record.ok()) return record.status();
    return MakeEvent(*record, line, sequence, defaults_);
  }

  EventDefaults defaults_{"acme", "jira", "pay", absl::FromUnixSeconds(1'770'000'000)};
};

TEST_F(RecordEventTest, CarriesTheWholeTicket) {
  const auto event =
      Make(R"({"id":"PAY-1","title":"t","description":"d","status":"Open","labels":["x"],)"
           R"("comments":[{"author":"dev","body":"b"}],"links":[{"type":"blocks","key":"K"}]})",
           5);
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(event->tenant(), "acme");
  EXPECT_EQ(event->source(), "jira");
  EXPECT_EQ(event->sequence(), 5);
  EXPECT_EQ(FromProto(event->event_time()), defaults_.time);
  EXPECT_EQ(event->ticket().key(), "PAY-1");
  EXPECT_EQ(event->ticket().project(), "pay");
  EXPECT_EQ(event->ticket().comments(0).body(), "b");
  EXPECT_EQ(event->ticket().links(0).key(), "K");
  // A full snapshot: nothing is masked.
  EXPECT_FALSE(event->has_ticket_mask());
}

TEST_F(RecordEventTest, ReadsKeysThatOnlyEventsHave) {
  const auto event = Make(
      R"({"id":"PAY-1","event_id":"e1","event_time":"2026-01-31T09:00:00+08:00","project":"web",)"
      R"("priority":"HIGH","done":true,"flagged":true,"assignee":"a","reporter":"r","url":"u",)"
      R"("create_time":"2026-01-01T00:00:00Z","due_time":"2026-02-01T00:00:00Z"})");
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(event->event_id(), "e1");
  EXPECT_EQ(FromProto(event->event_time()),
            absl::FromCivil(absl::CivilHour(2026, 1, 31, 1), absl::UTCTimeZone()));
  EXPECT_EQ(event->ticket().project(), "web");
  EXPECT_EQ(event->ticket().priority(), v1::PRIORITY_HIGH);
  EXPECT_TRUE(event->ticket().done());
  EXPECT_TRUE(event->ticket().flagged());
  EXPECT_EQ(event->ticket().assignee(), "a");
  EXPECT_EQ(event->ticket().url(), "u");
  EXPECT_TRUE(event->ticket().has_due_time());
}

TEST_F(RecordEventTest, SameLineIsTheSameEventAndAChangedOneIsNot) {
  const auto first = Make(R"({"id":"a","title":"x"})", 1);
  const auto again = Make(R"({"id":"a","title":"x"})", 9);
  const auto changed = Make(R"({"id":"a","title":"y"})", 1);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->event_id(), again->event_id());
  EXPECT_NE(first->event_id(), changed->event_id());
}

TEST_F(RecordEventTest, LongIdsGiveIdsThatFit) {
  std::string id;
  for (int i = 0; i < 100; ++i) id += "票据";
  const auto event = Make(R"({"id":")" + id + R"("})");
  ASSERT_THAT(event, IsOk());
  EXPECT_LE(event->event_id().size(), 256u);
  // Still UTF-8: protobuf would refuse to carry anything else.
  v1::TicketEvent copy;
  EXPECT_TRUE(copy.ParseFromString(event->SerializeAsString()));
}

struct BadKey {
  const char* name;
  const char* line;
  const char* at;
};

class BadEventKeyTest : public RecordEventTest, public ::testing::WithParamInterface<BadKey> {};

TEST_P(BadEventKeyTest, IsNamed) {
  EXPECT_THAT(Make(GetParam().line),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().at)));
}

constexpr BadKey kBadKeys[] = {
    {"TimeInWords", R"({"id":"a","event_time":"yesterday"})", "event_time"},
    {"TimeWithoutZone", R"({"id":"a","event_time":"2026-01-31T09:00:00"})", "event_time"},
    {"TimeAsNumber", R"({"id":"a","due_time":1700000000})", "due_time"},
    {"UnknownPriority", R"({"id":"a","priority":"URGENT"})", "priority"},
    {"DoneAsText", R"({"id":"a","done":"yes"})", "done"},
    {"ProjectAsList", R"({"id":"a","project":["x"]})", "project"},
};
INSTANTIATE_TEST_SUITE_P(All, BadEventKeyTest, ::testing::ValuesIn(kBadKeys),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace clearway
