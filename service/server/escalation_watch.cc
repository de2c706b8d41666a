#include "service/server/escalation_watch.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "service/wire/convert.h"

namespace clearway {
namespace {

constexpr int kBatch = 100;

v1::WatchEscalationsResponse Start(int64_t cursor) {
  v1::WatchEscalationsResponse response;
  response.set_cursor(absl::StrCat(cursor));
  return response;
}

v1::WatchEscalationsResponse Carry(const Escalation& escalation) {
  v1::WatchEscalationsResponse response = Start(escalation.id);
  ToProto(escalation, response.mutable_escalation());
  return response;
}

}  // namespace

EscalationWatch::EscalationWatch(std::string tenant, std::optional<int64_t> cursor,
                                 const Dependencies& dependencies)
    : tenant_(std::move(tenant)), d_(dependencies), read_up_to_(cursor) {
  if (cursor.has_value()) out_.push_back(Start(*cursor));
  on_new_ = d_.new_escalations.Subscribe([this] { Do([this] { stale_ = true; }); });
  on_drain_ = d_.drain.Subscribe(
      [this] { Do([this] { Stop(absl::UnavailableError("the server is shutting down")); }); });
  Do([this] {
    if (d_.drain.draining()) Stop(absl::UnavailableError("the server is shutting down"));
  });
}

void EscalationWatch::Do(absl::FunctionRef<void()> change) {
  std::optional<absl::Status> finish;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    change();
    finish = Step();
  }
  // Without the lock, for this object may be gone right after.
  if (finish.has_value()) Finish(ToGrpcStatus(*finish, d_.log));
}

std::optional<absl::Status> EscalationWatch::Step() {
  if (finished_) return std::nullopt;
  if (!stopped_.has_value() && !writing_ && !out_.empty()) {
    writing_ = true;
    StartWrite(&out_.front());
  }
  // Only once all is written: what waits in memory stays small, however slow the client.
  if (!stopped_.has_value() && stale_ && !reading_ && out_.empty()) StartReading();
  if (!stopped_.has_value() || reading_ || writing_) return std::nullopt;
  finished_ = true;
  return stopped_;
}

void EscalationWatch::StartReading() {
  stale_ = false;
  reading_ = d_.executor.Submit([this] { Read(); });
  if (!reading_) Stop(absl::UnavailableError("too many reads are under way; watch again"));
}

void EscalationWatch::Read() {
  std::optional<int64_t> after;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    after = read_up_to_;
  }
  if (!after.has_value()) {
    const absl::StatusOr<int64_t> last = d_.store.LastEscalationId();
    Do([&] {
      reading_ = false;
      if (!last.ok()) return Stop(last.status());
      read_up_to_ = *last;
      out_.push_back(Start(*last));
    });
    return;
  }
  const absl::StatusOr<std::vector<Escalation>> found =
      d_.store.EscalationsAfter(tenant_, *after, kBatch);
  Do([&] {
    reading_ = false;
    if (!found.ok()) return Stop(found.status());
    for (const Escalation& escalation : *found) out_.push_back(Carry(escalation));
    if (!found->empty()) read_up_to_ = found->back().id;
    stale_ = stale_ || found->size() == static_cast<size_t>(kBatch);
  });
}

void EscalationWatch::Stop(const absl::Status& why) {
  if (!stopped_.has_value()) stopped_ = why;
}

void EscalationWatch::OnWriteDone(bool ok) {
  Do([&] {
    writing_ = false;
    out_.pop_front();
    if (!ok) Stop(absl::CancelledError("the caller has gone"));
  });
}

void EscalationWatch::OnCancel() {
  Do([this] { Stop(absl::CancelledError("the caller has gone")); });
}

}  // namespace clearway
