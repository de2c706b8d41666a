#include "service/server/policy_handler.h"

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::GrpcStatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Stub = v1::PolicyService::Stub;

class PolicyHandlerTest : public testing::ServerFixture {
 protected:
  v1::Policy Get() {
    v1::GetPolicyResponse response;
    EXPECT_THAT(Call(&Stub::GetPolicy, v1::GetPolicyRequest(), &response),
                GrpcStatusIs(grpc::StatusCode::OK));
    return response.policy();
  }
  grpc::Status Reload() {
    v1::ReloadPolicyResponse response;
    return Call(&Stub::ReloadPolicy, v1::ReloadPolicyRequest(), &response);
  }
  v1::Blocker Stored(const std::string& name) {
    v1::GetBlockerRequest request;
    request.set_name(name);
    v1::GetBlockerResponse response;
    EXPECT_THAT(Call(&v1::BlockerService::Stub::GetBlocker, request, &response),
                GrpcStatusIs(grpc::StatusCode::OK));
    return response.blocker();
  }
  // A ladder of one step.
  static std::shared_ptr<const Planner> OneStep(absl::Duration after) {
    return std::make_shared<const Planner>(
        EscalationPolicy{.ladders = {{.name = "one-step",
                                      .steps = {{after, EscalationTarget::kParty, "chat"}}}}},
        *BuiltInPlaybooks());
  }
};

TEST_F(PolicyHandlerTest, AReloadedPolicyPlansFromThenOn) {
  EXPECT_THAT(Get().ladders(), ElementsAre("two-steps"));
  EXPECT_EQ(FromProto(Get().load_time()), start_);
  clock_.Advance(absl::Minutes(5));
  policy_on_disk_ = OneStep(absl::Hours(3));
  ASSERT_THAT(Reload(), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_THAT(Get().ladders(), ElementsAre("one-step"));
  EXPECT_EQ(FromProto(Get().load_time()), start_ + absl::Minutes(5));
  EXPECT_EQ(FromProto(OpenBlocker().next_escalation_time()), start_ + absl::Hours(3));
}

TEST_F(PolicyHandlerTest, BlockersThatLastFollowWithTheNextSweep) {
  const std::string name = OpenBlocker().name();
  EXPECT_EQ(FromProto(Stored(name).next_escalation_time()), start_ + absl::Hours(1));
  policy_on_disk_ = OneStep(absl::Hours(3));
  ASSERT_THAT(Reload(), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(FromProto(Stored(name).next_escalation_time()), start_ + absl::Hours(3));
  // What nothing was due for comes back, too.
  policy_on_disk_ = std::make_shared<const Planner>(EscalationPolicy{}, *BuiltInPlaybooks());
  ASSERT_THAT(Reload(), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_FALSE(Stored(name).has_next_escalation_time());
  policy_on_disk_ = OneStep(absl::Hours(2));
  ASSERT_THAT(Reload(), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(FromProto(Stored(name).next_escalation_time()), start_ + absl::Hours(2));
}

TEST_F(PolicyHandlerTest, APolicyThatCannotBeReadIsToldAndTheOldOneGoesOn) {
  policy_on_disk_ = absl::InvalidArgumentError("/x/p.yaml:3: ladders is empty");
  const grpc::Status status = Reload();
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::FAILED_PRECONDITION));
  EXPECT_THAT(status.error_message(), HasSubstr("/x/p.yaml:3:"));
  EXPECT_THAT(Get().ladders(), ElementsAre("two-steps"));
  EXPECT_EQ(FromProto(OpenBlocker().next_escalation_time()), start_ + absl::Hours(1));
}

}  // namespace
}  // namespace clearway
