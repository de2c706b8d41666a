#include "plugin-adapters/gateway/clearwayd_client.h"

#include <chrono>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"

namespace clearway {
namespace {

// Ingest may be repeated at will, so what a broken connection or a lost race cost is tried again.
constexpr char kServiceConfig[] = R"({"methodConfig": [{
  "name": [{"service": "clearway.v1.TicketEventService"}],
  "retryPolicy": {"maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "1s",
                  "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE", "ABORTED"]}}]})";

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  // gRPC's own would leave up to two minutes between attempts to connect.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status FromGrpc(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

std::chrono::system_clock::time_point DeadlineIn(absl::Duration timeout) {
  return std::chrono::system_clock::now() + absl::ToChronoMicroseconds(timeout);
}

// HealthCheckResponse.status == SERVING. Debian ships no stub of grpc.health.v1, and of its
// messages just this one number is needed, so they travel as empty ones with a field unknown to
// them.
bool SaysServing(const google::protobuf::Empty& response) {
  const google::protobuf::UnknownFieldSet& fields =
      response.GetReflection()->GetUnknownFields(response);
  for (int i = 0; i < fields.field_count(); ++i) {
    const google::protobuf::UnknownField& field = fields.field(i);
    if (field.number() == 1 && field.type() == google::protobuf::UnknownField::TYPE_VARINT) {
      return field.varint() == 1;
    }
  }
  return false;
}

}  // namespace

ClearwaydClient::ClearwaydClient(const Options& options)
    : options_(options),
      channel_(Connect(options.address)),
      stub_(v1::TicketEventService::NewStub(channel_)) {}

ClearwaydClient::Ingested ClearwaydClient::Ingest(std::vector<v1::TicketEvent> events) {
  Ingested result;
  const bool wait = under_way_.fetch_add(1) < options_.max_waiting;
  const auto deadline = DeadlineIn(options_.ingest_timeout);
  for (v1::TicketEvent& event : events) {
    grpc::ClientContext context;
    context.set_deadline(deadline);
    context.set_wait_for_ready(wait);
    v1::IngestTicketEventRequest request;
    *request.mutable_event() = std::move(event);
    v1::IngestTicketEventResponse answer;
    const absl::Status status = FromGrpc(stub_->IngestTicketEvent(&context, request, &answer));
    if (status.ok()) {
      result.answers.push_back(std::move(answer));
      continue;
    }
    result.status = status;
    if (!IsPermanent(status)) break;
  }
  under_way_.fetch_sub(1);
  return result;
}

absl::Status ClearwaydClient::CheckServing() {
  grpc::TemplatedGenericStub<google::protobuf::Empty, google::protobuf::Empty> stub(channel_);
  grpc::ClientContext context;
  context.set_deadline(DeadlineIn(absl::Seconds(1)));
  const google::protobuf::Empty request;
  google::protobuf::Empty response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request, &response,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  const absl::Status status = FromGrpc(done.get_future().get());
  if (!status.ok()) {
    return absl::UnavailableError(absl::StrCat("clearwayd does not answer: ", status.message()));
  }
  if (!SaysServing(response)) return absl::UnavailableError("clearwayd is not serving");
  return absl::OkStatus();
}

bool IsPermanent(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

}  // namespace clearway
