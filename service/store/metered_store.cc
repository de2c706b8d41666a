#include "service/store/metered_store.h"

#include <chrono>
#include <utility>

namespace clearway {
namespace {

// From a cached read to a commit on a slow disk.
const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const auto& buckets = *new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};
  return buckets;
}

const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// The other codes are answers: NOT_FOUND, or what a transaction's own work had to say.
bool IsStoreFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

}  // namespace

MeteredStore::Operation MeteredStore::Families::Add(const std::string& operation) const {
  const prometheus::Labels labels = {{"operation", operation}, {"backend", backend}};
  return {duration.Add(labels, Buckets()), errors.Add(labels)};
}

MeteredStore::MeteredStore(std::unique_ptr<Store> store, const std::string& backend,
                           prometheus::Registry& registry)
    : MeteredStore(std::move(store),
                   Families{prometheus::BuildHistogram()
                                .Name("clearway_store_operation_duration_seconds")
                                .Help("Time taken by operations of the store, waits included.")
                                .Register(registry),
                            prometheus::BuildCounter()
                                .Name("clearway_store_errors_total")
                                .Help("Operations of the store that failed by its own fault.")
                                .Register(registry),
                            backend}) {}

MeteredStore::MeteredStore(std::unique_ptr<Store> store, const Families& families)
    : store_(std::move(store)),
      transact_(families.Add("transact")),
      check_ready_(families.Add("check_ready")),
      get_blocker_(families.Add("get_blocker")),
      list_changes_(families.Add("list_changes")),
      list_blockers_(families.Add("list_blockers")),
      get_ticket_(families.Add("get_ticket")),
      list_escalations_(families.Add("list_escalations")),
      escalations_after_(families.Add("escalations_after")),
      last_escalation_id_(families.Add("last_escalation_id")),
      due_blockers_(families.Add("due_blockers")),
      count_open_blockers_(families.Add("count_open_blockers")),
      visit_blockers_(families.Add("visit_blockers")),
      visit_steps_(families.Add("visit_steps")),
      list_feedback_(families.Add("list_feedback")),
      read_links_(families.Add("read_links")),
      list_tickets_(families.Add("list_tickets")),
      list_tickets_with_events_(families.Add("list_tickets_with_events")),
      get_ticket_file_(families.Add("get_ticket_file")),
      count_texts_(families.Add("count_texts")),
      list_erasures_(families.Add("list_erasures")),
      unfinished_erasures_(families.Add("unfinished_erasures")),
      compact_(families.Add("compact")) {}

template <typename Call>
auto MeteredStore::Measure(Operation& operation, Call call) {
  const auto begin = std::chrono::steady_clock::now();
  auto result = call();
  operation.duration.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  if (IsStoreFault(StatusOf(result).code())) operation.errors.Increment();
  return result;
}

absl::Status MeteredStore::Transact(TransactionWork work) {
  return Measure(transact_, [&] { return store_->Transact(work); });
}

absl::Status MeteredStore::CheckReady() {
  return Measure(check_ready_, [&] { return store_->CheckReady(); });
}

absl::StatusOr<Blocker> MeteredStore::GetBlocker(const std::string& tenant, int64_t id) {
  return Measure(get_blocker_, [&] { return store_->GetBlocker(tenant, id); });
}

absl::StatusOr<std::vector<BlockerChange>> MeteredStore::ListChanges(const std::string& tenant,
                                                                     int64_t blocker_id) {
  return Measure(list_changes_, [&] { return store_->ListChanges(tenant, blocker_id); });
}

absl::StatusOr<Part<Blocker>> MeteredStore::ListBlockers(const std::string& tenant,
                                                         const Filter& filter, const Page& page) {
  return Measure(list_blockers_, [&] { return store_->ListBlockers(tenant, filter, page); });
}

absl::StatusOr<std::optional<StoredTicket>> MeteredStore::GetTicket(const TicketKey& key) {
  return Measure(get_ticket_, [&] { return store_->GetTicket(key); });
}

absl::StatusOr<std::vector<Escalation>> MeteredStore::ListEscalations(const std::string& tenant,
                                                                      int64_t blocker_id,
                                                                      const Page& page) {
  return Measure(list_escalations_,
                 [&] { return store_->ListEscalations(tenant, blocker_id, page); });
}

absl::StatusOr<std::vector<Escalation>> MeteredStore::EscalationsAfter(const std::string& tenant,
                                                                       int64_t after_id,
                                                                       int limit) {
  return Measure(escalations_after_,
                 [&] { return store_->EscalationsAfter(tenant, after_id, limit); });
}

absl::StatusOr<int64_t> MeteredStore::LastEscalationId() {
  return Measure(last_escalation_id_, [&] { return store_->LastEscalationId(); });
}

absl::StatusOr<std::vector<Blocker>> MeteredStore::DueBlockers(absl::Time now, int limit) {
  return Measure(due_blockers_, [&] { return store_->DueBlockers(now, limit); });
}

absl::StatusOr<std::vector<OpenBlockerCount>> MeteredStore::CountOpenBlockers() {
  return Measure(count_open_blockers_, [&] { return store_->CountOpenBlockers(); });
}

absl::Status MeteredStore::VisitBlockers(const std::string& tenant, const std::string& project,
                                         absl::Time from, absl::Time to,
                                         absl::FunctionRef<void(const ReportedBlocker&)> visit) {
  return Measure(visit_blockers_,
                 [&] { return store_->VisitBlockers(tenant, project, from, to, visit); });
}

absl::Status MeteredStore::VisitSteps(const std::string& tenant, const std::string& project,
                                      absl::Time from, absl::Time to,
                                      absl::FunctionRef<void(const TakenStep&)> visit) {
  return Measure(visit_steps_,
                 [&] { return store_->VisitSteps(tenant, project, from, to, visit); });
}

absl::StatusOr<Part<Feedback>> MeteredStore::ListFeedback(const std::string& tenant,
                                                          absl::Time since, const Page& page) {
  return Measure(list_feedback_, [&] { return store_->ListFeedback(tenant, since, page); });
}

absl::Status MeteredStore::ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) {
  return Measure(read_links_, [&] { return store_->ReadLinks(read); });
}

absl::StatusOr<std::vector<TicketKey>> MeteredStore::ListTickets(
    const std::string& tenant, const std::optional<TicketKey>& after, int limit) {
  return Measure(list_tickets_, [&] { return store_->ListTickets(tenant, after, limit); });
}

absl::StatusOr<std::vector<TicketKey>> MeteredStore::ListTicketsWithEvents(
    const std::string& tenant, absl::Time since, const std::optional<TicketKey>& after, int limit) {
  return Measure(list_tickets_with_events_,
                 [&] { return store_->ListTicketsWithEvents(tenant, since, after, limit); });
}

absl::StatusOr<std::optional<TicketFile>> MeteredStore::GetTicketFile(const TicketKey& key) {
  return Measure(get_ticket_file_, [&] { return store_->GetTicketFile(key); });
}

absl::StatusOr<int64_t> MeteredStore::CountTexts(const TicketKey& key, const TextEraser& eraser) {
  return Measure(count_texts_, [&] { return store_->CountTexts(key, eraser); });
}

absl::StatusOr<std::vector<Erasure>> MeteredStore::ListErasures(const std::string& tenant,
                                                                const Page& page) {
  return Measure(list_erasures_, [&] { return store_->ListErasures(tenant, page); });
}

absl::StatusOr<std::vector<Erasure>> MeteredStore::UnfinishedErasures(int limit) {
  return Measure(unfinished_erasures_, [&] { return store_->UnfinishedErasures(limit); });
}

absl::Status MeteredStore::Compact() {
  return Measure(compact_, [&] { return store_->Compact(); });
}

}  // namespace clearway
