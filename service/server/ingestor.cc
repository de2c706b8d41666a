#include "service/server/ingestor.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "service/base/status_macros.h"
#include "service/server/validate.h"
#include "service/store/event_codec.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

EventResult ResultOf(const IngestOutcome& outcome) {
  switch (outcome.result) {
    case IngestResult::kDuplicate:
      return EventResult::kDuplicate;
    case IngestResult::kStale:
      return EventResult::kStale;
    default:
      return EventResult::kApplied;
  }
}

struct Job {
  TicketEvent event;
  std::optional<Forecast> forecast;
  // As it is kept; empty: to be packed when its turn comes.
  std::string packed;
  IngestOutcome outcome;
};

}  // namespace

absl::Status Ingestor::Check(const v1::TicketEvent& event) const {
  RETURN_IF_ERROR(ValidateTicketEvent(event, "event"));
  return tenants_.Check(event.tenant());
}

void Ingestor::Ingest(const v1::TicketEvent& event, GroupCommit::Precheck precheck,
                      Done done) const {
  if (absl::Status refused = Check(event); !refused.ok()) {
    metrics_.Count(IsLabel(event.source()) ? event.source() : "", EventResult::kRefused);
    done(std::move(refused));
    return;
  }
  const size_t bytes = event.ByteSizeLong();
  if (pending_bytes_.fetch_add(bytes) > kMaxPendingBytes) {
    pending_bytes_ -= bytes;
    metrics_.Count(event.source(), EventResult::kFailed);
    done(absl::ResourceExhaustedError(
        "too many bytes of events are waiting to be written; wait a second and send it again"));
    return;
  }
  const auto job = std::make_shared<Job>(Job{FromProto(event), std::nullopt, "", {}});
  job->forecast = intake_.Foresee(job->event);
  // Here, for the one writer's time is dear.
  if (intake_.keeps_events()) {
    job->packed = packer_.Pack(event.SerializeAsString()).value_or("");
  }
  commits_.Submit(
      std::move(precheck),
      [this, job](Transaction& tx) -> absl::Status {
        // Overwritten where the work is run again.
        ASSIGN_OR_RETURN(job->outcome, intake_.Apply(job->event, job->forecast, tx, job->packed));
        return absl::OkStatus();
      },
      [this, job, bytes, done = std::move(done)](absl::Status status) {
        pending_bytes_ -= bytes;
        metrics_.Count(job->event.source,
                       status.ok() ? ResultOf(job->outcome) : EventResult::kFailed);
        if (!status.ok()) {
          done(std::move(status));
          return;
        }
        after_commit_.Ingested(job->outcome);
        std::optional<Ticket> judged = std::move(job->outcome.judged);
        const Category likeliest =
            judged.has_value() ? job->outcome.classification->likeliest : Category::kUnspecified;
        done(std::move(job->outcome));
        if (judged.has_value()) shadow_.Compare(*std::move(judged), likeliest);
      },
      {Touch{job->event.key(), job->event.version.event_id}});
}

void ToProto(const IngestOutcome& outcome, v1::IngestTicketEventResponse* proto) {
  proto->set_result(static_cast<v1::IngestResult>(outcome.result));
  if (outcome.classification.has_value()) {
    ToProto(*outcome.classification, proto->mutable_classification());
  }
  if (outcome.blocker.has_value()) ToProto(*outcome.blocker, proto->mutable_blocker());
  for (const Escalation& step : SuggestionsIn(outcome)) ToProto(step, proto->add_escalations());
}

}  // namespace clearway
