#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

#include "service/store/store.h"

namespace clearway {

// Times every operation of another store and counts its faults:
//   clearway_store_operation_duration_seconds{operation,backend}
//   clearway_store_errors_total{operation,backend}
// A fault is the store's own (it cannot be reached, took too long, is damaged), not an answer such
// as NOT_FOUND. Thread-safe, as the store is.
class MeteredStore final : public Store {
 public:
  // `registry` must outlive this.
  MeteredStore(std::unique_ptr<Store> store, const std::string& backend,
               prometheus::Registry& registry);

  absl::Status Transact(TransactionWork work) override;
  absl::Status CheckReady() override;
  absl::StatusOr<Blocker> GetBlocker(const std::string& tenant, int64_t id) override;
  absl::StatusOr<std::vector<BlockerChange>> ListChanges(const std::string& tenant,
                                                         int64_t blocker_id) override;
  absl::StatusOr<Part<Blocker>> ListBlockers(const std::string& tenant, const Filter& filter,
                                             const Page& page) override;
  absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey& key) override;
  absl::StatusOr<std::vector<Escalation>> ListEscalations(const std::string& tenant,
                                                          int64_t blocker_id,
                                                          const Page& page) override;
  absl::StatusOr<std::vector<Escalation>> EscalationsAfter(const std::string& tenant,
                                                           int64_t after_id, int limit) override;
  absl::StatusOr<int64_t> LastEscalationId() override;
  absl::StatusOr<std::vector<Blocker>> DueBlockers(absl::Time now, int limit) override;
  absl::StatusOr<std::vector<OpenBlockerCount>> CountOpenBlockers() override;
  absl::Status VisitBlockers(const std::string& tenant, const std::string& project, absl::Time from,
                             absl::Time to,
                             absl::FunctionRef<void(const ReportedBlocker&)> visit) override;
  absl::Status VisitSteps(const std::string& tenant, const std::string& project, absl::Time from,
                          absl::Time to, absl::FunctionRef<void(const TakenStep&)> visit) override;
  absl::StatusOr<Part<Feedback>> ListFeedback(const std::string& tenant, absl::Time since,
                                              const Page& page) override;
  absl::Status ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) override;

  absl::StatusOr<std::vector<TicketKey>> ListTickets(const std::string& tenant,
                                                     const std::optional<TicketKey>& after,
                                                     int limit) override;
  absl::StatusOr<std::vector<TicketKey>> ListTicketsWithEvents(
      const std::string& tenant, absl::Time since, const std::optional<TicketKey>& after,
      int limit) override;
  absl::StatusOr<std::optional<TicketFile>> GetTicketFile(const TicketKey& key) override;
  absl::StatusOr<int64_t> CountTexts(const TicketKey& key, const TextEraser& eraser) override;
  absl::StatusOr<std::vector<Erasure>> ListErasures(const std::string& tenant,
                                                    const Page& page) override;
  absl::StatusOr<std::vector<Erasure>> UnfinishedErasures(int limit) override;
  absl::Status Compact() override;

 private:
  // The series of one operation, made up front so that rates start at 0.
  struct Operation {
    prometheus::Histogram& duration;
    prometheus::Counter& errors;
  };
  struct Families {
    prometheus::Family<prometheus::Histogram>& duration;
    prometheus::Family<prometheus::Counter>& errors;
    const std::string& backend;
    Operation Add(const std::string& operation) const;
  };
  MeteredStore(std::unique_ptr<Store> store, const Families& families);

  // Runs `call`, whose Status or StatusOr it returns.
  template <typename Call>
  auto Measure(Operation& operation, Call call);

  const std::unique_ptr<Store> store_;
  Operation transact_;
  Operation check_ready_;
  Operation get_blocker_;
  Operation list_changes_;
  Operation list_blockers_;
  Operation get_ticket_;
  Operation list_escalations_;
  Operation escalations_after_;
  Operation last_escalation_id_;
  Operation due_blockers_;
  Operation count_open_blockers_;
  Operation visit_blockers_;
  Operation visit_steps_;
  Operation list_feedback_;
  Operation read_links_;
  Operation list_tickets_;
  Operation list_tickets_with_events_;
  Operation get_ticket_file_;
  Operation count_texts_;
  Operation list_erasures_;
  Operation unfinished_erasures_;
  Operation compact_;
};

}  // namespace clearway
