// How long an update of links takes over graphs of growing size. Everything lies in memory, so that
// it is the work that is measured and not the disk.
//
// A graph is made of projects of 100 tickets; each ticket is blocked by three of the 30 before it.
// One in 300 of those links leads to a later ticket of the project instead, so that there are
// circles, and one in 1,000 into another project. Every other ticket is stuck.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"

#include "service/base/status_macros.h"
#include "service/domain/root_causes.h"
#include "service/intake/link_keeper.h"
#include "service/intake/link_settler.h"
#include "service/store/sqlite/sqlite_store.h"

namespace clearway {
namespace {

constexpr int kProject = 100;
constexpr int kWindow = 30;

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

// The tickets as their events would have left them, all worked out.
class Graph {
 public:
  explicit Graph(int tickets) : store_(*SqliteStore::Open({.path = ":memory:"})) {
    for (int i = 0; i < tickets; ++i) Add(i, tickets);
    constexpr int kBatch = 1000;
    for (int begin = 0; begin < tickets; begin += kBatch) {
      Must(store_->Transact([&](Transaction& tx) -> absl::Status {
        for (int i = begin; i < std::min(tickets, begin + kBatch); ++i) {
          const TicketKey key = KeyOf(i);
          RETURN_IF_ERROR(tx.PutTicket(key, tickets_[static_cast<size_t>(i)]));
          if (i % 2 == 0) RETURN_IF_ERROR(Open(key, tx));
          RETURN_IF_ERROR(
              KeepLinks(key, {}, LinkFactsOf(tickets_[static_cast<size_t>(i)], {}), tx).status());
        }
        return absl::OkStatus();
      }));
    }
    for (SettledLinks settled = Settle({.changes = 10 * tickets, .put_off = true});
         settled.worked;) {
      settled = Settle({.put_off = true});
    }
  }

  // One event: what the ticket says is replaced, and worked out in the same transaction.
  SettledLinks Replace(int number, StoredTicket ticket) {
    StoredTicket& held = tickets_[static_cast<size_t>(number)];
    SettledLinks settled;
    Must(store_->Transact([&](Transaction& tx) -> absl::Status {
      const TicketKey key = KeyOf(number);
      ASSIGN_OR_RETURN(const auto blocker, tx.GetLatestBlocker(key));
      RETURN_IF_ERROR(tx.PutTicket(key, ticket));
      RETURN_IF_ERROR(
          KeepLinks(key, LinkFactsOf(held, blocker), LinkFactsOf(ticket, blocker), tx).status());
      ASSIGN_OR_RETURN(settled, SettleLinks({}, tx));
      return absl::OkStatus();
    }));
    held = std::move(ticket);
    return settled;
  }

  const StoredTicket& ticket(int number) const { return tickets_[static_cast<size_t>(number)]; }
  int size() const { return static_cast<int>(tickets_.size()); }
  Store& store() { return *store_; }
  static std::string NameOf(int number) { return absl::StrCat("T", 1'000'000 + number); }

 private:
  static TicketKey KeyOf(int number) { return {"acme", "jira", NameOf(number)}; }

  void Add(int number, int tickets) {
    StoredTicket stored;
    Ticket& ticket = stored.state.ticket;
    ticket.key = NameOf(number);
    ticket.project = absl::StrCat("P", number / kProject);
    const int before = std::min(number % kProject, kWindow);
    for (int i = 0; i < 3 && before > 0; ++i) {
      int other = number - 1 - static_cast<int>(random_() % static_cast<unsigned>(before));
      const auto chance = random_() % 3000;
      if (chance < 10) {
        other = number / kProject * kProject + static_cast<int>(random_() % kProject);
      } else if (chance < 13) {
        other = static_cast<int>((static_cast<unsigned>(number) + random_() % (3 * kProject)) %
                                 static_cast<unsigned>(tickets));
      }
      ticket.links.push_back({"is blocked by", NameOf(other)});
    }
    stored.links_kept = true;
    tickets_.push_back(std::move(stored));
  }

  static absl::Status Open(const TicketKey& key, Transaction& tx) {
    Blocker blocker;
    blocker.ticket = key;
    blocker.category = Category::kCrossTeam;
    blocker.reason = Reason::kTeamDependency;
    blocker.open_time = blocker.spell_time = absl::FromUnixSeconds(1'770'000'000);
    return tx.PutBlocker(blocker).status();
  }

  SettledLinks Settle(const SettleLimits& limits) {
    SettledLinks settled;
    Must(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(settled, SettleLinks(limits, tx));
      return absl::OkStatus();
    }));
    return settled;
  }

  std::mt19937 random_{5};
  const std::unique_ptr<Store> store_;
  std::vector<StoredTicket> tickets_;
};

// Made once for each size.
Graph& GraphOf(int64_t tickets) {
  static auto& graphs = *new std::map<int64_t, std::unique_ptr<Graph>>();
  std::unique_ptr<Graph>& graph = graphs[tickets];
  if (graph == nullptr) graph = std::make_unique<Graph>(static_cast<int>(tickets));
  return *graph;
}

class Tally {
 public:
  void Add(const SettledLinks& settled) {
    tickets_ += settled.tickets;
    rows_ += settled.rows;
  }
  void Report(benchmark::State& state) const {
    state.counters["walked"] =
        benchmark::Counter(static_cast<double>(tickets_), benchmark::Counter::kAvgIterations);
    state.counters["rows"] =
        benchmark::Counter(static_cast<double>(rows_), benchmark::Counter::kAvgIterations);
  }

 private:
  size_t tickets_ = 0;
  size_t rows_ = 0;
};

// A ticket gets one link more, or loses it again.
void LinkAddedOrRemoved(benchmark::State& state) {
  Graph& graph = GraphOf(state.range(0));
  std::mt19937 random(3);
  Tally tally;
  for (auto _ : state) {
    state.PauseTiming();
    const int number = static_cast<int>(random() % static_cast<unsigned>(graph.size()));
    const int project = number / kProject * kProject;
    StoredTicket changed = graph.ticket(number);
    if (changed.state.ticket.links.size() > 3) {  // added before
      changed.state.ticket.links.pop_back();
    } else {
      const int other = project + static_cast<int>(random() % (kProject / 10));
      changed.state.ticket.links.push_back({"is blocked by", Graph::NameOf(other)});
    }
    state.ResumeTiming();
    tally.Add(graph.Replace(number, std::move(changed)));
  }
  tally.Report(state);
}

// A ticket is done, or taken up again: what hangs on it moves.
void TicketDoneOrReopened(benchmark::State& state) {
  Graph& graph = GraphOf(state.range(0));
  std::mt19937 random(4);
  Tally tally;
  for (auto _ : state) {
    state.PauseTiming();
    const int number = static_cast<int>(random() % static_cast<unsigned>(graph.size()));
    StoredTicket changed = graph.ticket(number);
    changed.state.ticket.done = !changed.state.ticket.done;
    state.ResumeTiming();
    tally.Add(graph.Replace(number, std::move(changed)));
  }
  tally.Report(state);
}

// An event that changes no link, for comparison.
void NothingLinkedChanged(benchmark::State& state) {
  Graph& graph = GraphOf(state.range(0));
  std::mt19937 random(6);
  Tally tally;
  for (auto _ : state) {
    state.PauseTiming();
    const int number = static_cast<int>(random() % static_cast<unsigned>(graph.size()));
    StoredTicket changed = graph.ticket(number);
    changed.state.ticket.title = absl::StrCat("title ", random());
    state.ResumeTiming();
    tally.Add(graph.Replace(number, std::move(changed)));
  }
  tally.Report(state);
}

// The first page of roots.
void HeaviestRoots(benchmark::State& state) {
  Graph& graph = GraphOf(state.range(0));
  RootQuery query;
  query.tenant = "acme";
  query.time = absl::FromUnixSeconds(1'780'000'000);
  for (auto _ : state) {
    Must(graph.store().ReadLinks([&](LinkReader& links) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<Root> roots, links.HeaviestRoots(query));
      for (const Root& root : roots) {
        RETURN_IF_ERROR(links.HangingOn({"acme", root.source}, root.ticket, 10).status());
      }
      return absl::OkStatus();
    }));
  }
}

// What it would take to work the whole graph out anew, from links in memory.
void AllFromScratch(benchmark::State& state) {
  const Graph& graph = GraphOf(state.range(0));
  OpenLinks links;
  for (int i = 0; i < graph.size(); ++i) {
    std::vector<std::string>& below = links[Graph::NameOf(i)];
    for (const TicketLink& link : graph.ticket(i).state.ticket.links) below.push_back(link.key);
  }
  for (auto _ : state) benchmark::DoNotOptimize(FindRoots(links, {}));
}

BENCHMARK(NothingLinkedChanged)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(LinkAddedOrRemoved)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Iterations(1000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(TicketDoneOrReopened)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Iterations(1000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(HeaviestRoots)->Arg(10'000)->Arg(100'000)->Iterations(50)->Unit(benchmark::kMillisecond);
BENCHMARK(AllFromScratch)->Arg(10'000)->Arg(100'000)->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace clearway

BENCHMARK_MAIN();
