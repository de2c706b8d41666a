#include "service/server/erasing.h"

#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

constexpr int kPage = 200;
constexpr int kResumedAtOnce = 10;

// What TicketSubject made of it: no source has a slash.
TicketKey KeyOf(const Erasure& erasure) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(erasure.subject, absl::MaxSplits('/', 1));
  return {erasure.tenant, parts.first, parts.second};
}

}  // namespace

absl::Status Erasing::Commit(GroupCommit& commits, const GroupCommit::Work& work,
                             const std::optional<TicketKey>& ticket) {
  const auto done = std::make_shared<std::promise<absl::Status>>();
  std::vector<Touch> touches;
  if (ticket.has_value()) touches.push_back({*ticket, /*event_id=*/""});
  commits.Submit(
      nullptr, work, [done](absl::Status status) { done->set_value(std::move(status)); },
      std::move(touches));
  return done->get_future().get();
}

absl::Status Erasing::Stopped() const {
  if (!stopped_) return absl::OkStatus();
  return absl::UnavailableError("the server is shutting down; it goes on when it is back");
}

absl::StatusOr<Erasure> Erasing::Erase(Erasure wanted) {
  RETURN_IF_ERROR(Stopped());
  wanted.time = clock_.Now();
  RETURN_IF_ERROR(Commit(commits_, [&wanted](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(wanted.id, tx.InsertErasure(wanted));
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(Finish(TextEraser::OfStored(wanted), &wanted));
  return wanted;
}

absl::Status Erasing::Resume() {
  ASSIGN_OR_RETURN(std::vector<Erasure> unfinished, store_.UnfinishedErasures(kResumedAtOnce));
  absl::Status status;
  for (Erasure& erasure : unfinished) {
    // Not what was written since.
    status.Update(Finish(TextEraser::OfIncoming(erasure), &erasure));
  }
  return status;
}

absl::Status Erasing::Finish(const TextEraser& eraser, Erasure* erasure) {
  if (erasure->kind == ErasureKind::kTicket) {
    RETURN_IF_ERROR(EraseTicket(KeyOf(*erasure), eraser, /*last=*/true, erasure));
  } else {
    RETURN_IF_ERROR(EraseAuthor(eraser, erasure));
  }
  erasure->done = true;
  return store_.Compact();
}

absl::Status Erasing::EraseTicket(const TicketKey& key, const TextEraser& eraser, bool last,
                                  Erasure* erasure) {
  RETURN_IF_ERROR(Stopped());
  int64_t rows = 0;
  RETURN_IF_ERROR(Commit(
      commits_,
      [&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(rows, tx.EraseTexts(key, eraser));
        return tx.AddErased(erasure->tenant, erasure->id, rows, last);
      },
      key));
  erasure->rows += rows;
  metrics_.Erased(erasure->kind, rows);
  return absl::OkStatus();
}

absl::Status Erasing::EraseAuthor(const TextEraser& eraser, Erasure* erasure) {
  std::optional<TicketKey> after;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<TicketKey> tickets,
                     store_.ListTickets(erasure->tenant, after, kPage));
    for (const TicketKey& key : tickets) {
      RETURN_IF_ERROR(Stopped());
      // Most have nothing of the author, and the one writer's time is dear.
      ASSIGN_OR_RETURN(const int64_t rows, store_.CountTexts(key, eraser));
      if (rows > 0) RETURN_IF_ERROR(EraseTicket(key, eraser, /*last=*/false, erasure));
    }
    if (tickets.empty()) break;
    after = tickets.back();
  }
  return Commit(commits_, [erasure](Transaction& tx) {
    return tx.AddErased(erasure->tenant, erasure->id, 0, /*done=*/true);
  });
}

}  // namespace clearway
