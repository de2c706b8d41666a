#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

#include "service/store/store.h"

namespace clearway::testing {

// Hands transactions to a function, in tests of those who only write. Every read is UNIMPLEMENTED.
class TransactOnlyStore final : public Store {
 public:
  using Handler = std::function<absl::Status(TransactionWork)>;
  explicit TransactOnlyStore(Handler handler) : handler_(std::move(handler)) {}

  absl::Status Transact(TransactionWork work) override { return handler_(work); }

  absl::Status CheckReady() override { return No(); }
  absl::StatusOr<Blocker> GetBlocker(const std::string&, int64_t) override { return No(); }
  absl::StatusOr<std::vector<BlockerChange>> ListChanges(const std::string&, int64_t) override {
    return No();
  }
  absl::StatusOr<Part<Blocker>> ListBlockers(const std::string&, const Filter&,
                                             const Page&) override {
    return No();
  }
  absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey&) override { return No(); }
  absl::StatusOr<std::vector<Escalation>> ListEscalations(const std::string&, int64_t,
                                                          const Page&) override {
    return No();
  }
  absl::StatusOr<std::vector<Escalation>> EscalationsAfter(const std::string&, int64_t,
                                                           int) override {
    return No();
  }
  absl::StatusOr<int64_t> LastEscalationId() override { return No(); }
  absl::StatusOr<std::vector<Blocker>> DueBlockers(absl::Time, int) override { return No(); }
  absl::StatusOr<std::vector<OpenBlockerCount>> CountOpenBlockers() override { return No(); }
  absl::Status VisitSteps(const std::string&, const std::string&, absl::Time, absl::Time,
                          absl::FunctionRef<void(const TakenStep&)>) override {
    return No();
  }
  absl::Status VisitBlockers(const std::string&, const std::string&, absl::Time, absl::Time,
                             absl::FunctionRef<void(const ReportedBlocker&)>) override {
    return No();
  }
  absl::StatusOr<Part<Feedback>> ListFeedback(const std::string&, absl::Time,
                                              const Page&) override {
    return No();
  }
  absl::Status ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)>) override { return No(); }

  absl::StatusOr<std::vector<TicketKey>> ListTickets(const std::string&,
                                                     const std::optional<TicketKey>&,
                                                     int) override {
    return No();
  }
  absl::StatusOr<std::vector<TicketKey>> ListTicketsWithEvents(const std::string&, absl::Time,
                                                               const std::optional<TicketKey>&,
                                                               int) override {
    return No();
  }
  absl::StatusOr<std::optional<TicketFile>> GetTicketFile(const TicketKey&) override {
    return No();
  }
  absl::StatusOr<int64_t> CountTexts(const TicketKey&, const TextEraser&) override { return No(); }
  absl::StatusOr<std::vector<Erasure>> ListErasures(const std::string&, const Page&) override {
    return No();
  }
  absl::StatusOr<std::vector<Erasure>> UnfinishedErasures(int) override { return No(); }
  absl::Status Compact() override { return No(); }

 private:
  static absl::Status No() { return absl::UnimplementedError("this store only writes"); }

  const Handler handler_;
};

}  // namespace clearway::testing
