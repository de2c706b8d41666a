#include "tests/bench/population.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "clearway/v1/ticket.pb.h"
#include "service/base/status_macros.h"
#include "service/wire/convert.h"
#include "tests/bench/payload.h"

namespace clearway::bench {
namespace {

constexpr int64_t kBatch = 1000;
constexpr int64_t kProjects = 200;
constexpr int64_t kDue = 100;
constexpr int kTextBytes = 600;
constexpr absl::Duration kTimeSpan = absl::Hours(24 * 730);
constexpr std::array<const char*, 6> kParties = {"legal",      "the platform team", "procurement",
                                                 "the vendor", "产品经理",          "信息安全部"};

// The k-th number drawn for ticket n, in [0, 1); the same each time (splitmix64).
double Drawn(int64_t n, int k) {
  uint64_t x = static_cast<uint64_t>(n) * 8 + static_cast<uint64_t>(k);
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

int64_t DrawnBelow(int64_t count, int64_t n, int k) {
  return static_cast<int64_t>(Drawn(n, k) * static_cast<double>(count));
}

// Minutes to months, most of them days.
absl::Duration Length(int64_t n, int k) {
  return absl::Minutes(static_cast<int64_t>(10 * std::exp(9 * Drawn(n, k))));
}

Blocker BlockerOf(const Population& population, int64_t n) {
  Blocker blocker;
  blocker.ticket = {kPopulationTenant, kPopulationSource, PopulationTicket(n)};
  blocker.project = PopulationProject(n);
  blocker.title = "Month-end close for the new plants";
  blocker.url = absl::StrCat("https://tracker.example/browse/", blocker.ticket.key);
  blocker.reason = static_cast<Reason>(1 + DrawnBelow(kReasonCount - 1, n, 0));
  blocker.category = CategoryOf(blocker.reason);
  blocker.waiting_on = kParties[static_cast<size_t>(DrawnBelow(kParties.size(), n, 1))];
  blocker.confidence = 0.5 + Drawn(n, 2) / 2;
  blocker.priority = static_cast<Priority>(1 + DrawnBelow(kPriorityCount - 1, n, 3));
  blocker.language = n % 3 == 0 ? "zh" : "en";
  const double age = 1 - static_cast<double>(n) / static_cast<double>(population.size);
  blocker.open_time = population.now - absl::Hours(1) - kTimeSpan * age;
  blocker.spell_time = blocker.open_time;
  if (n % 12 == 0) {
    blocker.past_spells = {{blocker.open_time, blocker.open_time + Length(n, 4)}};
    blocker.spell_time = blocker.past_spells[0].end + absl::Hours(30);
  }
  blocker.update_time = blocker.spell_time;
  const bool due = n >= population.size - kDue;
  if (due || Drawn(n, 5) < (age < 0.1 ? 0.3 : 0.01)) {
    blocker.next_escalation_time =
        population.now + (due ? -absl::Minutes(5) : absl::Hours(24 + DrawnBelow(500, n, 6)));
    return blocker;
  }
  blocker.state = BlockerState::kResolved;
  blocker.resolve_time = std::min(blocker.spell_time + Length(n, 6), population.now);
  blocker.spell_time = std::min(blocker.spell_time, *blocker.resolve_time);
  blocker.update_time = *blocker.resolve_time;
  return blocker;
}

StoredTicket TicketOf(const Blocker& blocker, const Version& version, int64_t n) {
  v1::Ticket proto;
  FillTicket(n, kTextBytes, &proto);
  StoredTicket stored;
  stored.state.ticket = FromProto(proto);
  for (const Comment& comment : stored.state.ticket.comments) {
    stored.state.comments.push_back({comment, version, false});
  }
  stored.state.ticket.comments.clear();
  stored.state.ticket.key = blocker.ticket.key;
  stored.state.ticket.project = blocker.project;
  stored.state.versions.fill(version);
  Classification& verdict = stored.classification.emplace();
  verdict.category = blocker.category;
  verdict.reason = blocker.reason;
  verdict.confidence = blocker.confidence;
  verdict.waiting_on = blocker.waiting_on;
  verdict.model_version = "bench";
  verdict.language = blocker.language;
  return stored;
}

Escalation EscalationOf(const Blocker& blocker) {
  Escalation step;
  step.blocker_id = blocker.id;
  step.ticket = blocker.ticket;
  step.level = 1;
  step.target = "PARTY";
  step.channel = "chat";
  step.due_time = blocker.spell_time;
  step.create_time = blocker.spell_time;
  step.steps = {"Say what is needed, by when, and what it unblocks.",
                "Offer a quarter of an hour."};
  step.draft_message = absl::StrCat(blocker.ticket.key, " waits for ", blocker.waiting_on, ".");
  step.rationale = "It is stuck and nobody was asked yet.";
  step.language = blocker.language;
  step.category = blocker.category;
  step.reason = blocker.reason;
  step.policy = "bench";
  step.recipient = blocker.waiting_on;
  step.urgency = 50;
  return step;
}

absl::Status AddTicket(const Population& population, int64_t n, Transaction& tx) {
  Blocker blocker = BlockerOf(population, n);
  const Version version{blocker.update_time, n, absl::StrCat("fill-", n)};
  RETURN_IF_ERROR(tx.InsertEvent(blocker.ticket, version, blocker.update_time).status());
  RETURN_IF_ERROR(tx.PutTicket(blocker.ticket, TicketOf(blocker, version, n)));
  ASSIGN_OR_RETURN(blocker.id, tx.PutBlocker(blocker));
  BlockerChange change{blocker.open_time,
                       "clearway",
                       BlockerState::kUnspecified,
                       BlockerState::kOpen,
                       blocker.category,
                       blocker.reason,
                       ""};
  RETURN_IF_ERROR(tx.AppendChange(kPopulationTenant, blocker.id, change));
  if (blocker.resolve_time.has_value()) {
    change.time = *blocker.resolve_time;
    change.from = BlockerState::kOpen;
    change.to = BlockerState::kResolved;
    RETURN_IF_ERROR(tx.AppendChange(kPopulationTenant, blocker.id, change));
  }
  if (n % 2 != 0) return absl::OkStatus();
  return tx.InsertEscalation(EscalationOf(blocker)).status();
}

absl::Status AddTickets(const Population& population, int64_t begin, int64_t end, Transaction& tx) {
  std::vector<Touch> touches;
  for (int64_t n = begin; n < end; ++n) {
    touches.push_back(
        {{kPopulationTenant, kPopulationSource, PopulationTicket(n)}, absl::StrCat("fill-", n)});
  }
  RETURN_IF_ERROR(tx.Expect(touches));
  for (int64_t n = begin; n < end; ++n) RETURN_IF_ERROR(AddTicket(population, n, tx));
  return absl::OkStatus();
}

}  // namespace

std::string PopulationTicket(int64_t n) { return absl::StrCat("B-", n); }

std::string PopulationProject(int64_t n) {
  // Twice as many in the first half of the names as a uniform draw would give, few in the last.
  const double drawn = Drawn(n, 7);
  return absl::StrCat("P-", static_cast<int64_t>(drawn * drawn * kProjects));
}

absl::Status Fill(const Population& population, int64_t from, int64_t to, Store& store) {
  for (int64_t begin = from; begin < to; begin += kBatch) {
    const int64_t end = std::min(begin + kBatch, to);
    RETURN_IF_ERROR(
        store.Transact([&](Transaction& tx) { return AddTickets(population, begin, end, tx); }));
  }
  return absl::OkStatus();
}

}  // namespace clearway::bench
