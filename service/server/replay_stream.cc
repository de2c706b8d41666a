#include "service/server/replay_stream.h"

#include <utility>

#include "service/base/status_macros.h"
#include "service/server/erasing.h"
#include "service/server/replay_convert.h"
#include "service/server/status_util.h"

namespace clearway {
namespace {

// Tickets at a time: a thread for reads is soon free for others again.
constexpr int kBatch = 20;

const absl::Status& Draining() {
  static const auto& status =
      *new absl::Status(absl::StatusCode::kUnavailable, "the server is shutting down");
  return status;
}

// The model in use as something that can be held: it lives as long as the server does.
std::shared_ptr<const Classifier> Borrowed(const Classifier& classifier) {
  return {std::shared_ptr<const void>(), &classifier};
}

}  // namespace

ReplayStream::ReplayStream(Order order, const ReplayFiles& files, const Dependencies& dependencies,
                           std::atomic<bool>& running)
    : order_(std::move(order)), files_(files), d_(dependencies), running_(running) {
  on_drain_ = d_.drain.Subscribe([this] { Do([this] { Stop(Draining()); }); });
  Do([this] {
    if (d_.drain.draining()) Stop(Draining());
  });
}

void ReplayStream::Do(absl::FunctionRef<void()> change) {
  std::optional<absl::Status> finish;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    change();
    finish = Step();
  }
  // Without the lock, for this object may be gone right after.
  if (!finish.has_value()) return;
  // Before the caller hears of the end, who may go on with another one.
  running_ = false;
  Finish(ToGrpcStatus(*finish, d_.log));
}

std::optional<absl::Status> ReplayStream::Step() {
  if (finished_) return std::nullopt;
  if (!stopped_.has_value() && !writing_ && !out_.empty()) {
    writing_ = true;
    StartWrite(&out_.front());
  }
  if (!stopped_.has_value() && !reading_ && out_.empty()) {
    if (all_read_) {
      stopped_ = absl::OkStatus();
    } else {
      StartReading();
    }
  }
  if (!stopped_.has_value() || reading_ || writing_) return std::nullopt;
  finished_ = true;
  return stopped_;
}

void ReplayStream::StartReading() {
  reading_ = d_.executor.Submit([this] {
    std::vector<v1::ReplayTicketEventsResponse> found;
    const absl::Status read = ReadOn(&found);
    Do([&] {
      reading_ = false;
      for (v1::ReplayTicketEventsResponse& response : found) out_.push_back(std::move(response));
      all_read_ = at_end_;
      if (!read.ok()) Stop(read);
    });
  });
  if (!reading_) Stop(absl::ResourceExhaustedError("too many reads are under way; call again"));
}

absl::Status ReplayStream::Prepare() {
  std::shared_ptr<const Classifier> classifier = Borrowed(d_.models.live());
  if (!order_.model_file.empty()) {
    ASSIGN_OR_RETURN(classifier, files_.Model(order_.model_file));
  }
  const std::shared_ptr<const Planner> then = d_.planners.Get();
  std::shared_ptr<const Planner> now = then;
  if (!order_.policy_file.empty()) {
    ASSIGN_OR_RETURN(now, files_.Policy(order_.policy_file));
  }
  replay_ = std::make_unique<const Replay>(
      std::move(classifier), then, std::move(now),
      Replay::Options{order_.reopen_window, order_.review, order_.actor});
  summary_.set_live_model_version(d_.models.info().version);
  summary_.set_model_version(order_.model_file.empty() ? d_.models.info().version
                                                       : replay_->model_version());
  return absl::OkStatus();
}

absl::Status ReplayStream::ReadOn(std::vector<v1::ReplayTicketEventsResponse>* found) {
  if (replay_ == nullptr) RETURN_IF_ERROR(Prepare());
  // Until there is something to tell, or enough was read for one turn.
  ASSIGN_OR_RETURN(const std::vector<TicketKey> keys,
                   d_.store.ListTicketsWithEvents(order_.tenant, order_.since, after_, kBatch));
  for (const TicketKey& key : keys) {
    if (d_.drain.draining()) return Draining();
    ASSIGN_OR_RETURN(const TicketDifference difference, One(key));
    after_ = key;
    d_.metrics.Compared(difference.differs(), order_.write);
    Count(difference, &summary_);
    if (!difference.differs()) continue;
    ToProto(difference, found->emplace_back().mutable_difference());
  }
  if (static_cast<int>(keys.size()) == kBatch) return absl::OkStatus();
  *found->emplace_back().mutable_summary() = summary_;
  at_end_ = true;
  return absl::OkStatus();
}

absl::StatusOr<TicketDifference> ReplayStream::One(const TicketKey& key) {
  ASSIGN_OR_RETURN(const std::optional<TicketFile> file, d_.store.GetTicketFile(key));
  TicketDifference gone;
  gone.key = key;
  gone.skipped = true;
  if (!file.has_value()) return gone;
  ASSIGN_OR_RETURN(TicketDifference difference, replay_->Compare(key, *file, d_.clock.Now()));
  if (!order_.write || !difference.differs()) return difference;
  return Write(key, file->events);
}

absl::StatusOr<TicketDifference> ReplayStream::Write(const TicketKey& key,
                                                     const std::vector<RawEvent>& events) {
  TicketDifference difference;
  const auto work = [&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(difference, replay_->Apply(key, events, d_.clock.Now(), tx));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(Erasing::Commit(d_.commits, work, key));
  if (!difference.differs() || !difference.transition.has_value()) return difference;
  const Blocker& blocker = difference.transition->blocker;
  std::optional<absl::Duration> unblocked_after;
  if (blocker.resolve_time.has_value())
    unblocked_after = *blocker.resolve_time - blocker.spell_time;
  d_.after_commit.Changed(difference.transition->change, unblocked_after);
  return difference;
}

void ReplayStream::Stop(const absl::Status& why) {
  if (!stopped_.has_value()) stopped_ = why;
}

void ReplayStream::OnWriteDone(bool ok) {
  Do([&] {
    writing_ = false;
    out_.pop_front();
    if (!ok) Stop(absl::CancelledError("the caller has gone"));
  });
}

void ReplayStream::OnCancel() {
  Do([this] { Stop(absl::CancelledError("the caller has gone")); });
}

RefusedReplay::RefusedReplay(const absl::Status& why, Logger& log) {
  Finish(ToGrpcStatus(why, log));
}

}  // namespace clearway
