// BlockerService.SnoozeBlocker.
#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::FieldsAtFault;
using ::clearway::testing::GrpcStatusIs;
using ::testing::ElementsAre;
using Stub = v1::BlockerService::Stub;

class SnoozeTest : public testing::ServerFixture {
 protected:
  v1::SnoozeBlockerRequest Request(const std::string& name, absl::Duration ahead) {
    v1::SnoozeBlockerRequest request;
    request.set_name(name);
    request.set_actor("ann");
    request.set_note("back on Monday");
    *request.mutable_snooze_end_time() = ToProto(clock_.Now() + ahead);
    return request;
  }
  grpc::Status Snooze(const v1::SnoozeBlockerRequest& request) {
    snoozed_.Clear();
    return Call(&Stub::SnoozeBlocker, request, &snoozed_);
  }
  v1::Blocker Stored(const std::string& name) {
    v1::GetBlockerRequest request;
    request.set_name(name);
    v1::GetBlockerResponse response;
    EXPECT_THAT(Call(&Stub::GetBlocker, request, &response), GrpcStatusIs(grpc::StatusCode::OK));
    return response.blocker();
  }

  v1::SnoozeBlockerResponse snoozed_;
};

TEST_F(SnoozeTest, RestsUntilItsEndAndThenGoesOn) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Snooze(Request(name, absl::Hours(48))), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(snoozed_.blocker().state(), v1::BLOCKER_STATE_SNOOZED);
  EXPECT_EQ(FromProto(snoozed_.blocker().snooze_end_time()), start_ + absl::Hours(48));
  ASSERT_EQ(Stored(name).history_size(), 2);
  EXPECT_EQ(Stored(name).history(1).actor(), "ann");
  EXPECT_EQ(Stored(name).history(1).note(), "back on Monday");

  clock_.Advance(absl::Hours(47));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).state(), v1::BLOCKER_STATE_SNOOZED);
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).state(), v1::BLOCKER_STATE_OPEN);
  EXPECT_FALSE(Stored(name).has_snooze_end_time());
  EXPECT_EQ(FromProto(Stored(name).next_escalation_time()), start_ + absl::Hours(49));
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).escalation_level(), 1);
}

TEST_F(SnoozeTest, SnoozedBlockersAreFound) {
  const std::string name = OpenBlocker().name();
  OpenBlocker("PAY-2");
  ASSERT_THAT(Snooze(Request(name, absl::Hours(48))), GrpcStatusIs(grpc::StatusCode::OK));
  v1::ListBlockersRequest request;
  request.set_parent("tenants/acme");
  request.set_filter("state = SNOOZED");
  v1::ListBlockersResponse response;
  ASSERT_THAT(Call(&Stub::ListBlockers, request, &response), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(response.blockers_size(), 1);
  EXPECT_EQ(response.blockers(0).name(), name);
}

TEST_F(SnoozeTest, TakingUpEndsTheSnooze) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Snooze(Request(name, absl::Hours(48))), GrpcStatusIs(grpc::StatusCode::OK));
  v1::AcknowledgeBlockerRequest request;
  request.set_name(name);
  request.set_actor("bob");
  v1::AcknowledgeBlockerResponse response;
  ASSERT_THAT(Call(&Stub::AcknowledgeBlocker, request, &response),
              GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response.blocker().state(), v1::BLOCKER_STATE_ACKNOWLEDGED);
  EXPECT_FALSE(response.blocker().has_next_escalation_time());
  clock_.Advance(absl::Hours(72));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).state(), v1::BLOCKER_STATE_ACKNOWLEDGED);
}

TEST_F(SnoozeTest, WhatCannotBeIsRefused) {
  const std::string name = OpenBlocker().name();
  for (const absl::Duration ahead :
       {absl::ZeroDuration(), -absl::Hours(1), absl::Hours(24 * 90) + absl::Seconds(1)}) {
    const grpc::Status status = Snooze(Request(name, ahead));
    EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
    EXPECT_THAT(FieldsAtFault(status), ElementsAre("snooze_end_time"));
  }
  v1::SnoozeBlockerRequest request = Request(name, absl::Hours(1));
  request.clear_snooze_end_time();
  EXPECT_THAT(FieldsAtFault(Snooze(request)), ElementsAre("snooze_end_time"));
  request = Request(name, absl::Hours(1));
  request.clear_actor();
  EXPECT_THAT(FieldsAtFault(Snooze(request)), ElementsAre("actor"));
  EXPECT_THAT(Snooze(Request("tenants/acme/blockers/99", absl::Hours(1))),
              GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  Ingested(Event("e9", "fine", 10));
  EXPECT_THAT(Snooze(Request(name, absl::Hours(1))),
              GrpcStatusIs(grpc::StatusCode::FAILED_PRECONDITION));
  EXPECT_EQ(Stored(name).history_size(), 2) << "opened and resolved";
}

}  // namespace
}  // namespace clearway
