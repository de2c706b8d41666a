#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

#include "service/store/store.h"

namespace clearway::testing {

// A store that can do nothing but hand out the blockers and steps it was given: to visitors all of
// them whatever the period, the strictest reading of "at least those that lasted in it". Everything
// else is UNIMPLEMENTED.
class VisitOnlyStore final : public Store {
 public:
  std::vector<Blocker> blockers;
  std::vector<TakenStep> steps;
  // What both visits answer.
  absl::Status status;
  // What it was asked.
  std::string tenant;
  std::string project;

  absl::Status VisitBlockers(const std::string& of_tenant, const std::string& of_project,
                             absl::Time, absl::Time,
                             absl::FunctionRef<void(const ReportedBlocker&)> visit) override {
    tenant = of_tenant;
    project = of_project;
    for (const Blocker& b : blockers) {
      visit({b.id, b.project, b.category, b.reason, b.past_spells, b.spell_time, b.resolve_time});
    }
    return status;
  }

  absl::Status VisitSteps(const std::string&, const std::string&, absl::Time, absl::Time,
                          absl::FunctionRef<void(const TakenStep&)> visit) override {
    for (const TakenStep& step : steps) visit(step);
    return status;
  }

  absl::Status Transact(TransactionWork) override { return Unused(); }
  absl::Status CheckReady() override { return Unused(); }
  absl::StatusOr<Blocker> GetBlocker(const std::string&, int64_t id) override {
    for (const Blocker& blocker : blockers) {
      if (blocker.id == id) return blocker;
    }
    return absl::NotFoundError("no such blocker");
  }
  absl::StatusOr<std::vector<BlockerChange>> ListChanges(const std::string&, int64_t) override {
    return Unused();
  }
  absl::StatusOr<Part<Blocker>> ListBlockers(const std::string&, const Filter&,
                                             const Page&) override {
    return Unused();
  }
  absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey&) override {
    return Unused();
  }
  absl::StatusOr<std::vector<Escalation>> ListEscalations(const std::string&, int64_t,
                                                          const Page&) override {
    return Unused();
  }
  absl::StatusOr<std::vector<Escalation>> EscalationsAfter(const std::string&, int64_t,
                                                           int) override {
    return Unused();
  }
  absl::StatusOr<int64_t> LastEscalationId() override { return Unused(); }
  absl::StatusOr<std::vector<Blocker>> DueBlockers(absl::Time, int) override { return Unused(); }
  absl::StatusOr<std::vector<OpenBlockerCount>> CountOpenBlockers() override { return Unused(); }
  absl::StatusOr<Part<Feedback>> ListFeedback(const std::string&, absl::Time,
                                              const Page&) override {
    return Unused();
  }
  absl::Status ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)>) override { return Unused(); }

  absl::StatusOr<std::vector<TicketKey>> ListTickets(const std::string&,
                                                     const std::optional<TicketKey>&,
                                                     int) override {
    return Unused();
  }
  absl::StatusOr<std::vector<TicketKey>> ListTicketsWithEvents(const std::string&, absl::Time,
                                                               const std::optional<TicketKey>&,
                                                               int) override {
    return Unused();
  }
  absl::StatusOr<std::optional<TicketFile>> GetTicketFile(const TicketKey&) override {
    return Unused();
  }
  absl::StatusOr<int64_t> CountTexts(const TicketKey&, const TextEraser&) override {
    return Unused();
  }
  absl::StatusOr<std::vector<Erasure>> ListErasures(const std::string&, const Page&) override {
    return Unused();
  }
  absl::StatusOr<std::vector<Erasure>> UnfinishedErasures(int) override { return Unused(); }
  absl::Status Compact() override { return Unused(); }

 private:
  static absl::Status Unused() { return absl::UnimplementedError("only visits"); }
};

}  // namespace clearway::testing
