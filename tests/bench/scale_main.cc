// Measures how clearwayd does over a store of a given size; run by tests/bench/measure_scale. Fills
// a store, or measures over one that is filled, and prints each figure as "name value".
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "httplib.h"

#include "clearway/v1/blocker_service.grpc.pb.h"
#include "clearway/v1/report_service.grpc.pb.h"
#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "service/base/file.h"
#include "service/base/random.h"
#include "service/base/status_macros.h"
#include "service/store/postgres/postgres_store.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/bench/child_process.h"
#include "tests/bench/load.h"
#include "tests/bench/payload.h"
#include "tests/bench/population.h"

namespace clearway::bench {
namespace {

constexpr int kRepeats = 7;
constexpr int64_t kIngests = 20'000;

struct Options {
  std::string bin_dir;
  std::string sqlite_path;
  // "": SQLite.
  std::string conninfo_file;
  int64_t size = 10'000;
};

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const Options& options, Random& random) {
  if (options.conninfo_file.empty()) return SqliteStore::Open({.path = options.sqlite_path});
  PostgresStore::Options postgres;
  ASSIGN_OR_RETURN(postgres.connection.conninfo, ReadFile(options.conninfo_file));
  postgres.sleep = absl::SleepFor;
  return PostgresStore::Open(postgres, random);
}

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The median of many calls, of which the first does not count.
double MedianSeconds(const std::function<void()>& work) {
  work();
  std::vector<double> took;
  for (int i = 0; i < kRepeats; ++i) took.push_back(Seconds(work));
  std::nth_element(took.begin(), took.begin() + kRepeats / 2, took.end());
  return took[kRepeats / 2];
}

void Print(absl::string_view name, double value) {
  std::printf("%s %.6f\n", std::string(name).c_str(), value);
  std::fflush(stdout);
}

absl::Status FillStore(const Options& options) {
  SystemRandom random;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenStore(options, random));
  absl::Status filled;
  Print("fill_s", Seconds([&] {
          filled = Fill({options.size, absl::Now()}, 0, options.size, *store);
        }));
  return filled;
}

// clearwayd over the store, and what its log says of its addresses.
struct Clearwayd {
  ChildProcess process;
  std::string grpc_address;
  std::string http_address;
};

absl::StatusOr<Clearwayd> StartClearwayd(const Options& options) {
  std::vector<std::string> arguments = {options.bin_dir + "/clearwayd", "--grpc-address",
                                        "127.0.0.1:0", "--http-address", "127.0.0.1:0"};
  if (options.conninfo_file.empty()) {
    arguments.insert(arguments.end(), {"--store-path", options.sqlite_path});
  } else {
    arguments.insert(arguments.end(), {"--store-backend", "postgres", "--postgres-conninfo-file",
                                       options.conninfo_file});
  }
  ASSIGN_OR_RETURN(ChildProcess process,
                   ChildProcess::Start(arguments, ChildProcess::Listen::kError));
  for (;;) {
    ASSIGN_OR_RETURN(const std::string line, process.ReadLine());
    std::string grpc;
    std::string http;
    for (const absl::string_view word : absl::StrSplit(line, ' ')) {
      if (absl::StartsWith(word, "grpc_address=")) grpc = std::string(word.substr(13));
      if (absl::StartsWith(word, "http_address=")) http = std::string(word.substr(13));
    }
    if (!grpc.empty()) return Clearwayd{std::move(process), grpc, http};
  }
}

// Until the first sweep is over, which plans all that lasts.
void AwaitFirstSweep(const std::string& http_address) {
  httplib::Client client("http://" + http_address);
  for (;;) {
    const httplib::Result page = client.Get("/metrics");
    if (page && !absl::StrContains(page->body, "clearway_sweeps_total{outcome=\"ok\"} 0")) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// One caller after the other; a call that fails ends the program.
class Caller {
 public:
  explicit Caller(const std::shared_ptr<grpc::Channel>& channel)
      : blockers_(clearway::v1::BlockerService::NewStub(channel)),
        reports_(clearway::v1::ReportService::NewStub(channel)) {}

  // The token of the next page.
  std::string List(const std::string& filter, const std::string& token = "") {
    clearway::v1::ListBlockersRequest request;
    clearway::v1::ListBlockersResponse response;
    request.set_parent(absl::StrCat("tenants/", kPopulationTenant));
    request.set_filter(filter);
    request.set_page_token(token);
    grpc::ClientContext context;
    Check(blockers_->ListBlockers(&context, request, &response));
    return response.next_page_token();
  }

  clearway::v1::BlockerReport Report(absl::Duration period) {
    clearway::v1::GetBlockerReportRequest request;
    clearway::v1::GetBlockerReportResponse response;
    request.set_parent(absl::StrCat("tenants/", kPopulationTenant));
    request.mutable_start_time()->set_seconds(absl::ToUnixSeconds(absl::Now() - period));
    grpc::ClientContext context;
    Check(reports_->GetBlockerReport(&context, request, &response));
    return response.report();
  }

 private:
  static void Check(const grpc::Status& status) {
    if (status.ok()) return;
    std::cerr << "a call failed: " << status.error_message() << '\n';
    std::_Exit(1);
  }

  const std::unique_ptr<clearway::v1::BlockerService::Stub> blockers_;
  const std::unique_ptr<clearway::v1::ReportService::Stub> reports_;
};

void MeasureReads(Caller& caller) {
  struct List {
    const char* name;
    const char* filter;
  };
  constexpr List kLists[] = {
      {"list_first_page_s", ""},
      {"list_open_s", "state = OPEN"},
      {"list_project_s", "project = \"P-150\""},
      {"list_project_open_s", "project = \"P-199\" AND state = OPEN"},
      {"list_ticket_s", "ticket = \"B-77\""},
      {"list_reason_s", "reason = SPONSOR_MISSING AND state = RESOLVED"},
      {"list_no_such_project_s", "project = none"},
      {"list_party_s", "waiting_on = nobody AND state != RESOLVED"},
      {"list_old_s", "open_time < \"2001-01-01T00:00:00Z\""},
  };
  for (const List& list : kLists) {
    Print(list.name, MedianSeconds([&] { caller.List(list.filter); }));
  }
  std::string token;
  for (int page = 0; page < 100; ++page) token = caller.List("", token);
  Print("list_page_100_s", MedianSeconds([&] { caller.List("", token); }));
  constexpr absl::Duration kDay = absl::Hours(24);
  Print("report_30d_s", MedianSeconds([&] { caller.Report(30 * kDay); }));
  Print("report_all_s", MedianSeconds([&] { caller.Report(3000 * kDay); }));
}

LoadResult MeasureIngest(const Options& options, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = clearway::v1::TicketEventService::NewStub(channel);
  LoadOptions load;
  load.calls = kIngests;
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  return Load<clearway::v1::IngestTicketEventRequest, clearway::v1::IngestTicketEventResponse>(
             load,
             [&](int64_t n, clearway::v1::IngestTicketEventRequest* request) {
               clearway::v1::TicketEvent* event = request->mutable_event();
               event->set_tenant(kPopulationTenant);
               event->set_source(kPopulationSource);
               event->set_event_id(absl::StrCat("load-", n));
               event->mutable_event_time()->set_seconds(now);
               event->set_sequence(n);
               // All over the store; a prime, so that none comes twice soon.
               const int64_t ticket = n * 7919 % options.size;
               FillTicket(n, 600, event->mutable_ticket());
               event->mutable_ticket()->set_key(PopulationTicket(ticket));
               event->mutable_ticket()->set_project(PopulationProject(ticket));
             },
             [&](auto* context, auto* request, auto* response, auto done) {
               stub->async()->IngestTicketEvent(context, request, response, std::move(done));
             })
      .Run();
}

absl::Status Measure(const Options& options) {
  SystemRandom random;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenStore(options, random));
    absl::Status scanned;
    Print("timer_scan_s",
          MedianSeconds([&] { scanned.Update(store->DueBlockers(absl::Now(), 100).status()); }));
    Print("open_counts_s",
          MedianSeconds([&] { scanned.Update(store->CountOpenBlockers().status()); }));
    RETURN_IF_ERROR(scanned);
  }
  ASSIGN_OR_RETURN(const Clearwayd clearwayd, StartClearwayd(options));
  const auto resident = [&clearwayd] {
    return static_cast<double>(clearwayd.process.ResidentBytes()) / (1 << 20);
  };
  const auto channel =
      grpc::CreateChannel(clearwayd.grpc_address, grpc::InsecureChannelCredentials());
  Print("first_sweep_s", Seconds([&] { AwaitFirstSweep(clearwayd.http_address); }));
  Print("resident_after_sweep_mib", resident());
  Caller caller(channel);
  MeasureReads(caller);
  Print("resident_after_reads_mib", resident());
  const LoadResult ingest = MeasureIngest(options, channel);
  if (ingest.failed > 0) return absl::InternalError(absl::StrCat("ingest: ", ingest.failure));
  Print("ingest_per_s", ingest.calls_per_second);
  Print("ingest_p99_ms", ingest.p99_us / 1000);
  Print("resident_after_ingest_mib", resident());
  return absl::OkStatus();
}

int Exit(const absl::Status& status) {
  if (!status.ok()) std::cerr << status.message() << '\n';
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace clearway::bench

int main(int argc, char** argv) {
  CLI::App app("Fills a store, or measures clearwayd over one that was filled");
  clearway::bench::Options options;
  options.bin_dir = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  app.add_option("--bin-dir", options.bin_dir, "Where clearwayd lies");
  app.add_option("--store-path", options.sqlite_path, "The SQLite file");
  app.add_option("--postgres-conninfo-file", options.conninfo_file,
                 "A file with a libpq connection string: PostgreSQL in place of SQLite");
  app.add_option("--size", options.size, "Blockers")->check(CLI::Range(1'000, 100'000'000));
  app.require_subcommand(1);
  const CLI::App* fill = app.add_subcommand("fill", "Fills an empty store");
  app.add_subcommand("measure", "Measures over a filled one; leaves it changed");
  CLI11_PARSE(app, argc, argv);
  return clearway::bench::Exit(fill->parsed() ? clearway::bench::FillStore(options)
                                              : clearway::bench::Measure(options));
}
