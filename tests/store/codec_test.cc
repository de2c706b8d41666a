#include "service/store/codec.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/stubs/logging.h"

#include "clearway/storage/v1/ticket_state.pb.h"
#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::Eq;

absl::StatusOr<StoredTicket> RoundTrip(const StoredTicket& ticket) {
  const absl::StatusOr<std::string> bytes = EncodeTicket(ticket);
  if (!bytes.ok()) return bytes.status();
  return DecodeTicket(*bytes);
}

storage::v1::TicketState Parsed(const StoredTicket& ticket) {
  storage::v1::TicketState proto;
  EXPECT_TRUE(proto.ParseFromString(EncodeTicket(ticket).value_or("")));
  return proto;
}

TEST(CodecTest, AFullTicketComesBackWhole) {
  EXPECT_THAT(RoundTrip(FullTicket()), IsOkAndHolds(Eq(FullTicket())));
}

TEST(CodecTest, AnEmptyTicketComesBackEmpty) {
  EXPECT_THAT(RoundTrip(StoredTicket()), IsOkAndHolds(Eq(StoredTicket())));
}

TEST(CodecTest, VerdictFromBeforeThereWasALikeliestHasItsCategory) {
  storage::v1::TicketState proto = Parsed(FullTicket());
  proto.mutable_classification()->clear_likeliest_category();
  const absl::StatusOr<StoredTicket> ticket = DecodeTicket(proto.SerializeAsString());
  ASSERT_THAT(ticket, IsOk());
  EXPECT_EQ(ticket->classification->likeliest, FullTicket().classification->category);
}

TEST(CodecTest, UnknownNumbersOfACorrectionAreDamage) {
  storage::v1::TicketState proto = Parsed(FullTicket());
  proto.mutable_correction()->set_reason(static_cast<v1::Reason>(99));
  EXPECT_THAT(DecodeTicket(proto.SerializeAsString()), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(CodecTest, SnapshotComesBackWholeAndGarbageIsDamage) {
  const Ticket ticket = Snapshot(FullTicket().state);
  EXPECT_THAT(DecodeSnapshot(EncodeSnapshot(ticket).value_or("")), IsOkAndHolds(Eq(ticket)));
  EXPECT_THAT(DecodeSnapshot("\xff\xff"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(CodecTest, FieldsNeverWrittenKeepNoVersion) {
  StoredTicket ticket;
  ticket.state.versions[3] = {At(1), 0, "e"};
  EXPECT_THAT(RoundTrip(ticket), IsOkAndHolds(Eq(ticket)));
  EXPECT_EQ(Parsed(ticket).versions_size(), 1);
}

TEST(CodecTest, AVersionOfTheInfinitePastComesBack) {
  StoredTicket ticket;
  ticket.state.versions[0] = {absl::InfinitePast(), 0, "e"};
  EXPECT_THAT(RoundTrip(ticket), IsOkAndHolds(Eq(ticket)));
}

TEST(CodecTest, EachVersionIsKeptOnce) {
  StoredTicket ticket;
  ticket.state.versions.fill({At(1), 2, "e1"});
  ticket.state.versions[0] = {At(1), 2, "e2"};
  ticket.state.comments = {{{"1", "", "a", At(0), At(0)}, {At(1), 2, "e1"}, false},
                           {{"2", "", "b", At(0), At(0)}, {At(1), 3, "e1"}, false}};
  EXPECT_EQ(Parsed(ticket).versions_size(), 3);
  EXPECT_THAT(RoundTrip(ticket), IsOkAndHolds(Eq(ticket)));
}

TEST(CodecTest, TextThatCannotBeReadAgainIsNotWritten) {
  StoredTicket ticket = FullTicket();
  ticket.classification->evidence[0].text = "\xe5\xae";  // two thirds of a character
  EXPECT_THAT(EncodeTicket(ticket), StatusIs(absl::StatusCode::kInternal));
  ticket = FullTicket();
  ticket.classification->waiting_on = "\xff";
  EXPECT_THAT(EncodeTicket(ticket), StatusIs(absl::StatusCode::kInternal));
}

TEST(CodecTest, GarbageIsDataLoss) {
  EXPECT_THAT(DecodeTicket("\xff\xff\xff garbage"), StatusIs(absl::StatusCode::kDataLoss));
  const std::string bytes = *EncodeTicket(FullTicket());
  EXPECT_THAT(DecodeTicket(bytes.substr(0, bytes.size() / 2)),
              StatusIs(absl::StatusCode::kDataLoss));
}

// Any damage is either seen or leaves a ticket that can be used; under the sanitizers this also
// says that nothing is read out of bounds.
TEST(CodecTest, DamagedBytesDoNoHarm) {
  const std::string bytes = *EncodeTicket(FullTicket());
  const google::protobuf::LogSilencer quiet;
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = bytes;
    for (int j = 0; j < 3; ++j) damaged[random() % damaged.size()] = static_cast<char>(random());
    const absl::StatusOr<StoredTicket> decoded = DecodeTicket(damaged);
    if (decoded.ok()) {
      Snapshot(decoded->state);
      TextFingerprint(decoded->state);
      continue;
    }
    EXPECT_THAT(decoded, StatusIs(absl::StatusCode::kDataLoss));
  }
}

struct DamageCase {
  const char* name;
  void (*damage)(storage::v1::TicketState& proto);
};

void PrintTo(const DamageCase& row, std::ostream* out) { *out << row.name; }

const DamageCase kDamages[] = {
    {"FieldVersionBeyondTheTable", [](auto& proto) { proto.set_field_versions(0, 100); }},
    {"NegativeFieldVersion", [](auto& proto) { proto.set_field_versions(0, -1); }},
    {"CommentVersionBeyondTheTable",
     [](auto& proto) { proto.mutable_comments(0)->set_version(100); }},
    {"NegativeCommentVersion", [](auto& proto) { proto.mutable_comments(0)->set_version(-1); }},
    {"AFieldTooMany", [](auto& proto) { proto.add_field_versions(1); }},
    {"UnknownPriority",
     [](auto& proto) { proto.mutable_ticket()->set_priority(static_cast<v1::Priority>(77)); }},
    {"UnknownCategory",
     [](auto& proto) {
       proto.mutable_classification()->set_category(static_cast<v1::Category>(77));
     }},
    {"UnknownSecondary",
     [](auto& proto) {
       proto.mutable_classification()->set_secondary(static_cast<v1::Category>(-1));
     }},
    {"UnknownReason",
     [](auto& proto) { proto.mutable_classification()->set_reason(static_cast<v1::Reason>(77)); }},
};

class CodecDamageTest : public ::testing::TestWithParam<DamageCase> {};

TEST_P(CodecDamageTest, IsDataLoss) {
  storage::v1::TicketState proto = Parsed(FullTicket());
  GetParam().damage(proto);
  EXPECT_THAT(DecodeTicket(proto.SerializeAsString()), StatusIs(absl::StatusCode::kDataLoss));
}

INSTANTIATE_TEST_SUITE_P(All, CodecDamageTest, ::testing::ValuesIn(kDamages),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CodecTest, ARowWithFewerFieldsIsReadAsOlder) {
  storage::v1::TicketState proto = Parsed(FullTicket());
  proto.mutable_field_versions()->Truncate(10);
  const absl::StatusOr<StoredTicket> decoded = DecodeTicket(proto.SerializeAsString());
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->state.versions[9], FullTicket().state.versions[9]);
  EXPECT_EQ(decoded->state.versions[10], Version());
}

}  // namespace
}  // namespace clearway::testing
