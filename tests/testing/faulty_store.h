#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/store/store.h"

namespace clearway::testing {

// Another store that can be made to fail: every call from then on, until it is mended. Thread-safe.
class FaultyStore final : public Store {
 public:
  explicit FaultyStore(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  void Break(const absl::Status& fault) {
    const std::lock_guard<std::mutex> lock(mutex_);
    fault_ = fault;
  }
  void Mend() { Break(absl::OkStatus()); }

  absl::Status Transact(TransactionWork work) override {
    return Try<absl::Status>([&] { return store_->Transact(work); });
  }
  absl::Status CheckReady() override {
    return Try<absl::Status>([&] { return store_->CheckReady(); });
  }
  absl::StatusOr<Blocker> GetBlocker(const std::string& tenant, int64_t id) override {
    return Try<absl::StatusOr<Blocker>>([&] { return store_->GetBlocker(tenant, id); });
  }
  absl::StatusOr<std::vector<BlockerChange>> ListChanges(const std::string& tenant,
                                                         int64_t blocker_id) override {
    return Try<absl::StatusOr<std::vector<BlockerChange>>>(
        [&] { return store_->ListChanges(tenant, blocker_id); });
  }
  absl::StatusOr<Part<Blocker>> ListBlockers(const std::string& tenant, const Filter& filter,
                                             const Page& page) override {
    return Try<absl::StatusOr<Part<Blocker>>>(
        [&] { return store_->ListBlockers(tenant, filter, page); });
  }
  absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey& key) override {
    return Try<absl::StatusOr<std::optional<StoredTicket>>>([&] { return store_->GetTicket(key); });
  }
  absl::StatusOr<std::vector<Escalation>> ListEscalations(const std::string& tenant,
                                                          int64_t blocker_id,
                                                          const Page& page) override {
    return Try<absl::StatusOr<std::vector<Escalation>>>(
        [&] { return store_->ListEscalations(tenant, blocker_id, page); });
  }
  absl::StatusOr<std::vector<Escalation>> EscalationsAfter(const std::string& tenant,
                                                           int64_t after_id, int limit) override {
    return Try<absl::StatusOr<std::vector<Escalation>>>(
        [&] { return store_->EscalationsAfter(tenant, after_id, limit); });
  }
  absl::StatusOr<int64_t> LastEscalationId() override {
    return Try<absl::StatusOr<int64_t>>([&] { return store_->LastEscalationId(); });
  }
  absl::StatusOr<std::vector<Blocker>> DueBlockers(absl::Time now, int limit) override {
    return Try<absl::StatusOr<std::vector<Blocker>>>(
        [&] { return store_->DueBlockers(now, limit); });
  }
  absl::StatusOr<std::vector<OpenBlockerCount>> CountOpenBlockers() override {
    return Try<absl::StatusOr<std::vector<OpenBlockerCount>>>(
        [&] { return store_->CountOpenBlockers(); });
  }
  absl::Status VisitBlockers(const std::string& tenant, const std::string& project, absl::Time from,
                             absl::Time to,
                             absl::FunctionRef<void(const ReportedBlocker&)> visit) override {
    return Try<absl::Status>(
        [&] { return store_->VisitBlockers(tenant, project, from, to, visit); });
  }
  absl::Status VisitSteps(const std::string& tenant, const std::string& project, absl::Time from,
                          absl::Time to, absl::FunctionRef<void(const TakenStep&)> visit) override {
    return Try<absl::Status>([&] { return store_->VisitSteps(tenant, project, from, to, visit); });
  }
  absl::StatusOr<Part<Feedback>> ListFeedback(const std::string& tenant, absl::Time since,
                                              const Page& page) override {
    return Try<absl::StatusOr<Part<Feedback>>>(
        [&] { return store_->ListFeedback(tenant, since, page); });
  }
  absl::Status ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) override {
    return Try<absl::Status>([&] { return store_->ReadLinks(read); });
  }

  absl::StatusOr<std::vector<TicketKey>> ListTickets(const std::string& tenant,
                                                     const std::optional<TicketKey>& after,
                                                     int limit) override {
    return Try<absl::StatusOr<std::vector<TicketKey>>>(
        [&] { return store_->ListTickets(tenant, after, limit); });
  }
  absl::StatusOr<std::vector<TicketKey>> ListTicketsWithEvents(
      const std::string& tenant, absl::Time since, const std::optional<TicketKey>& after,
      int limit) override {
    return Try<absl::StatusOr<std::vector<TicketKey>>>(
        [&] { return store_->ListTicketsWithEvents(tenant, since, after, limit); });
  }
  absl::StatusOr<std::optional<TicketFile>> GetTicketFile(const TicketKey& key) override {
    return Try<absl::StatusOr<std::optional<TicketFile>>>(
        [&] { return store_->GetTicketFile(key); });
  }
  absl::StatusOr<int64_t> CountTexts(const TicketKey& key, const TextEraser& eraser) override {
    return Try<absl::StatusOr<int64_t>>([&] { return store_->CountTexts(key, eraser); });
  }
  absl::StatusOr<std::vector<Erasure>> ListErasures(const std::string& tenant,
                                                    const Page& page) override {
    return Try<absl::StatusOr<std::vector<Erasure>>>(
        [&] { return store_->ListErasures(tenant, page); });
  }
  absl::StatusOr<std::vector<Erasure>> UnfinishedErasures(int limit) override {
    return Try<absl::StatusOr<std::vector<Erasure>>>(
        [&] { return store_->UnfinishedErasures(limit); });
  }
  absl::Status Compact() override {
    return Try<absl::Status>([&] { return store_->Compact(); });
  }

 private:
  template <typename Result, typename Call>
  Result Try(Call call) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!fault_.ok()) return fault_;
    }
    return call();
  }

  const std::unique_ptr<Store> store_;
  std::mutex mutex_;
  absl::Status fault_;
};

}  // namespace clearway::testing
