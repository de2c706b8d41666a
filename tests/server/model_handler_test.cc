#include "service/server/model_handler.h"

#include <atomic>
#include <thread>

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::FakeClassifier;
using ::clearway::testing::GrpcStatusIs;
using ::testing::HasSubstr;
using Stub = v1::ModelService::Stub;

class ModelHandlerTest : public testing::ServerFixture {
 protected:
  v1::Model Get() {
    v1::GetModelResponse response;
    EXPECT_THAT(Call(&Stub::GetModel, v1::GetModelRequest(), &response),
                GrpcStatusIs(grpc::StatusCode::OK));
    return response.model();
  }

  grpc::Status Reload(v1::Model* model = nullptr) {
    v1::ReloadModelResponse response;
    grpc::Status status = Call(&Stub::ReloadModel, v1::ReloadModelRequest(), &response);
    if (model != nullptr) *model = response.model();
    return status;
  }
};

TEST_F(ModelHandlerTest, ReloadedModelJudgesFromThenOn) {
  EXPECT_EQ(Get().version(), "fake-1");
  EXPECT_EQ(FromProto(Get().load_time()), start_);
  clock_.Advance(absl::Minutes(5));
  on_disk_->live = std::make_shared<FakeClassifier>("fake-2");
  v1::Model model;
  ASSERT_THAT(Reload(&model), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(model.version(), "fake-2");
  EXPECT_EQ(FromProto(model.load_time()), start_ + absl::Minutes(5));
  EXPECT_EQ(Get().version(), "fake-2");
  EXPECT_EQ(Ingested(Event("e1", "fine")).classification().model_version(), "fake-2");
}

TEST_F(ModelHandlerTest, ModelThatCannotBeReadIsToldAndTheOldOneGoesOn) {
  on_disk_ = absl::DataLossError("/x/y.model: damaged");
  const grpc::Status status = Reload();
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::FAILED_PRECONDITION));
  EXPECT_THAT(status.error_message(), HasSubstr("/x/y.model: damaged"));
  EXPECT_EQ(Get().version(), "fake-1");
  EXPECT_EQ(Ingested(Event("e1", "[legal]")).classification().model_version(), "fake-1");
}

TEST_F(ModelHandlerTest, NoCallIsLostWhileModelsAreReloaded) {
  std::atomic<bool> stop{false};
  std::thread reloading([&] {
    while (!stop) EXPECT_THAT(Reload(), GrpcStatusIs(grpc::StatusCode::OK));
  });
  v1::ClassifyTicketRequest request;
  request.mutable_ticket()->set_description("waiting for [legal]");
  for (int i = 0; i < 300; ++i) {
    v1::ClassifyTicketResponse response;
    ASSERT_THAT(Call(&v1::ClassificationService::Stub::ClassifyTicket, request, &response),
                GrpcStatusIs(grpc::StatusCode::OK));
    ASSERT_EQ(response.classification().category(), v1::CATEGORY_CROSS_TEAM);
  }
  stop = true;
  reloading.join();
  EXPECT_GT(*Metric("clearway_model_reloads_total", {{"outcome", "ok"}}), 0);
}

}  // namespace
}  // namespace clearway
