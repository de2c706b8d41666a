#include "service/server/event_stream.h"

#include <utility>

#include "grpcpp/impl/codegen/proto_utils.h"

#include "clearway/v1/ticket_event_service.pb.h"
#include "service/server/field_violations.h"
#include "service/server/status_util.h"

namespace clearway {
namespace {

void ToProto(const absl::Status& status, Logger& log, v1::IngestError* proto) {
  const grpc::Status outside = ToGrpcStatus(status, log);
  proto->set_code(outside.error_code());
  proto->set_message(outside.error_message());
  for (const FieldFault& fault : FieldFaultsOf(status)) {
    v1::FieldViolation* added = proto->add_field_violations();
    added->set_field(fault.field);
    added->set_description(fault.description);
  }
}

}  // namespace

EventStream::EventStream(grpc::CallbackServerContext& context, const Ingestor& ingestor,
                         DrainSignal& drain, Logger& log)
    : context_(context), ingestor_(ingestor), log_(log) {
  on_drain_ = drain.Subscribe([this] { Do([this] { draining_ = true; }); });
  Do([&] { draining_ = draining_ || drain.draining(); });
}

void EventStream::Do(absl::FunctionRef<void()> change) {
  std::optional<grpc::Status> finish;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    change();
    finish = Step();
  }
  // Without the lock, for this object may be gone right after.
  if (finish.has_value()) Finish(*finish);
}

void EventStream::OnReadDone(bool ok) {
  if (ok) Ingest();
  Do([&] {
    reading_ = false;
    closed_ = closed_ || !ok;
  });
}

// No read is under way meanwhile, so `request_` stays as it is. What was read just before the end
// is dropped unanswered: its sender takes it for lost.
void EventStream::Ingest() {
  const size_t bytes = request_.Length();
  v1::StreamTicketEventsRequest request;
  const bool parsed =
      grpc::SerializationTraits<v1::StreamTicketEventsRequest>::Deserialize(&request_, &request)
          .ok();
  Slot* slot = nullptr;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // This object may be gone before its answer comes.
    if (finished_) return;
    slot = &slots_.emplace_back();
    slot->event_id = request.event().event_id();
    slot->bytes = bytes;
    bytes_ += bytes;
  }
  if (!parsed) {
    Answer(slot, InvalidField("event",
                              "cannot be read: it is no valid message, or one of its "
                              "strings is not UTF-8"));
    return;
  }
  const auto wanted = [this]() -> absl::Status {
    if (context_.IsCancelled()) return absl::CancelledError("the caller has gone");
    return absl::OkStatus();
  };
  ingestor_.Ingest(
      request.event(), wanted,
      [this, slot](const absl::StatusOr<IngestOutcome>& outcome) { Answer(slot, outcome); });
}

void EventStream::Answer(Slot* slot, const absl::StatusOr<IngestOutcome>& outcome) {
  v1::StreamTicketEventsResponse response;
  response.set_event_id(slot->event_id);
  if (outcome.ok()) {
    clearway::ToProto(*outcome, response.mutable_ingested());
  } else {
    ToProto(outcome.status(), log_, response.mutable_error());
  }
  bool own_buffer = false;
  grpc::SerializationTraits<v1::StreamTicketEventsResponse>::Serialize(response, &slot->response,
                                                                       &own_buffer);
  Do([&] { slot->answered = true; });
}

void EventStream::OnWriteDone(bool ok) {
  Do([&] {
    writing_ = false;
    broken_ = broken_ || !ok;
    PopAnswered();
  });
}

void EventStream::OnCancel() {
  Do([&] { broken_ = true; });
}

void EventStream::PopAnswered() {
  bytes_ -= slots_.front().bytes;
  slots_.pop_front();
}

std::optional<grpc::Status> EventStream::Step() {
  if (finished_) return std::nullopt;
  while (broken_ && !writing_ && !slots_.empty() && slots_.front().answered) PopAnswered();
  if (!writing_ && !slots_.empty() && slots_.front().answered) {
    writing_ = true;
    StartWrite(&slots_.front().response);
  }
  const bool last = closed_ || broken_ || draining_;
  if (!last && !reading_ && slots_.size() < kMaxEvents && bytes_ < kMaxBytes) {
    reading_ = true;
    StartRead(&request_);
  }
  if (!last || !slots_.empty()) return std::nullopt;
  finished_ = true;
  if (broken_) return grpc::Status(grpc::StatusCode::CANCELLED, "the caller has gone");
  if (closed_) return grpc::Status::OK;
  return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                      "the server is shutting down; send what was not answered to another one");
}

}  // namespace clearway
