#include "service/store/event_codec.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

TicketEvent FullEvent() {
  TicketEvent event;
  event.tenant = kTenant;
  event.source = "jira";
  event.version = {At(5), 9, "e1"};
  event.ticket = Snapshot(FullTicket().state);
  event.fields.set();
  event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
  event.comment_upserts = {{"7", "ana", "等待法务", At(1), At(2)}};
  event.deleted_comment_ids = {"8"};
  event.actor = "ana";
  return event;
}

void ExpectSame(const TicketEvent& a, const TicketEvent& b) {
  EXPECT_EQ(a.key(), b.key());
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.ticket, b.ticket);
  EXPECT_EQ(a.fields, b.fields);
  EXPECT_EQ(a.comment_upserts, b.comment_upserts);
  EXPECT_EQ(a.deleted_comment_ids, b.deleted_comment_ids);
  EXPECT_EQ(a.deleted, b.deleted);
  EXPECT_EQ(a.actor, b.actor);
}

void ExpectComesBack(const TicketEvent& event) {
  const absl::StatusOr<std::string> packed = PackEvent(event);
  ASSERT_THAT(packed, IsOk());
  const absl::StatusOr<TicketEvent> back = UnpackEvent(*packed);
  ASSERT_THAT(back, IsOk());
  ExpectSame(*back, event);
}

TEST(EventCodecTest, AWholeEventComesBack) { ExpectComesBack(FullEvent()); }

TEST(EventCodecTest, OneOfSomeFieldsComesBack) {
  TicketEvent event = FullEvent();
  event.fields.reset();
  event.fields.set(static_cast<size_t>(TicketField::kLabels));
  ExpectComesBack(event);
  event.fields.reset();
  ExpectComesBack(event);
}

TEST(EventCodecTest, DeletionsComeBackWithAndWithoutFields) {
  TicketEvent event = FullEvent();
  event.deleted = true;
  ExpectComesBack(event);
  event.fields.reset();
  ExpectComesBack(event);
}

TEST(EventCodecTest, TextsAreNotThereInPlain) {
  TicketEvent event = FullEvent();
  event.ticket.description.clear();
  for (int i = 0; i < 20; ++i) event.ticket.description += "the same words again; ";
  const std::string packed = *PackEvent(event);
  EXPECT_LT(packed.size(), event.ticket.description.size());
}

TEST(EventCodecTest, ManyArePackedByManyThreadsAsOneIsByOne) {
  const std::string plain(20'000, 'w');
  const std::string packed = *EventPacker().Pack(plain);
  const EventPacker packer;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) EXPECT_EQ(*packer.Pack(plain), packed);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(EventCodecTest, DamagedBytesAreSaidToBe) {
  std::string packed = *PackEvent(FullEvent());
  EXPECT_THAT(UnpackEvent(""), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(UnpackEvent("no frame at all"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(UnpackEvent(absl::string_view(packed).substr(0, packed.size() / 2)),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(UnpackEvent(*EventPacker().Pack("\xff\xff\xff")),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace clearway::testing
