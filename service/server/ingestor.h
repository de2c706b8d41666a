#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "absl/status/statusor.h"

#include "clearway/v1/ticket_event_service.pb.h"
#include "service/intake/intake.h"
#include "service/server/after_commit.h"
#include "service/server/metrics.h"
#include "service/server/resource_names.h"
#include "service/server/shadow.h"
#include "service/store/event_codec.h"
#include "service/store/group_commit.h"

namespace clearway {

// Takes events in, for the unary and the streaming call alike: validate, commit, then answer.
// Thread-safe.
class Ingestor {
 public:
  // All must outlive this.
  Ingestor(const Tenants& tenants, const Intake& intake, GroupCommit& commits,
           const AfterCommit& after_commit, IngestMetrics& metrics, Shadow& shadow)
      : tenants_(tenants),
        intake_(intake),
        commits_(commits),
        after_commit_(after_commit),
        metrics_(metrics),
        shadow_(shadow) {}

  // Called once, after the commit or the failure, on another thread or on the caller's; must not
  // block.
  using Done = std::function<void(absl::StatusOr<IngestOutcome>)>;

  // Bytes of events waiting for the disk before new ones are refused with RESOURCE_EXHAUSTED.
  static constexpr size_t kMaxPendingBytes = 256 << 20;

  // `event` need not outlive the call. Errors are those that IngestTicketEvent documents; faults
  // lie under the path "event".
  void Ingest(const v1::TicketEvent& event, GroupCommit::Precheck precheck, Done done) const;

 private:
  absl::Status Check(const v1::TicketEvent& event) const;

  const Tenants& tenants_;
  const Intake& intake_;
  GroupCommit& commits_;
  const AfterCommit& after_commit_;
  IngestMetrics& metrics_;
  Shadow& shadow_;
  mutable std::atomic<size_t> pending_bytes_{0};
  EventPacker packer_;
};

void ToProto(const IngestOutcome& outcome, v1::IngestTicketEventResponse* proto);

}  // namespace clearway
