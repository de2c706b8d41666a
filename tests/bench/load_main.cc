// Measures clearwayd against a bare gRPC echo, in one run on one machine; see README, "Speed".
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "clearway/bench/v1/echo.grpc.pb.h"
#include "clearway/v1/classification_service.grpc.pb.h"
#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "tests/bench/child_process.h"
#include "tests/bench/load.h"
#include "tests/bench/payload.h"

namespace clearway::bench {
namespace {

// Tickets that the events are spread over.
constexpr int64_t kTickets = 1000;

struct Options {
  std::string bin_dir;
  // clearwayd keeps everything in the PostgreSQL database that this file tells of; "": in SQLite.
  std::string conninfo_file;
  int payload = 600;
  int rounds = 3;
  LoadOptions load;
};

LoadResult MeasureEcho(const Options& options, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::EchoService::NewStub(channel);
  return Load<v1::EchoRequest, v1::EchoResponse>(
             options.load,
             [&](int64_t n, v1::EchoRequest* request) {
               FillTicket(n, options.payload, request->mutable_ticket());
             },
             [&](auto* context, auto* request, auto* response, auto done) {
               stub->async()->Echo(context, request, response, std::move(done));
             })
      .Run();
}

LoadResult MeasureClassify(const Options& options, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = clearway::v1::ClassificationService::NewStub(channel);
  return Load<clearway::v1::ClassifyTicketRequest, clearway::v1::ClassifyTicketResponse>(
             options.load,
             [&](int64_t n, clearway::v1::ClassifyTicketRequest* request) {
               FillTicket(n, options.payload, request->mutable_ticket());
             },
             [&](auto* context, auto* request, auto* response, auto done) {
               stub->async()->ClassifyTicket(context, request, response, std::move(done));
             })
      .Run();
}

LoadResult MeasureIngest(const Options& options, int round,
                         const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = clearway::v1::TicketEventService::NewStub(channel);
  const int64_t base = absl::ToUnixSeconds(absl::Now()) - 86'400;
  return Load<clearway::v1::IngestTicketEventRequest, clearway::v1::IngestTicketEventResponse>(
             options.load,
             [&](int64_t n, clearway::v1::IngestTicketEventRequest* request) {
               clearway::v1::TicketEvent* event = request->mutable_event();
               event->set_tenant("default");
               event->set_source("bench");
               event->set_event_id(absl::StrCat(round, "-", n));
               event->mutable_event_time()->set_seconds(base + n / kTickets);
               event->set_sequence(n);
               event->mutable_ticket()->set_key(absl::StrCat("B-", n % kTickets));
               FillTicket(n, options.payload, event->mutable_ticket());
             },
             [&](auto* context, auto* request, auto* response, auto done) {
               stub->async()->IngestTicketEvent(context, request, response, std::move(done));
             })
      .Run();
}

// The best round: others on the machine only ever slow a round down.
void KeepBest(const LoadResult& result, LoadResult* best) {
  if (result.failed > 0)
    std::fprintf(stderr, "%ld calls failed: %s\n", result.failed, result.failure.c_str());
  if (result.calls_per_second > best->calls_per_second) *best = result;
}

void PrintRow(const char* name, const LoadResult& result, const LoadResult& echo) {
  std::printf("| %-26s | %10.0f | %7.0f | %7.0f | %5.2f |\n", name, result.calls_per_second,
              result.p50_us, result.p99_us, result.calls_per_second / echo.calls_per_second);
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
}

absl::StatusOr<std::string> ServingAddress(ChildProcess& clearwayd) {
  for (;;) {
    absl::StatusOr<std::string> line = clearwayd.ReadLine();
    if (!line.ok()) return line;
    for (const absl::string_view word : absl::StrSplit(*line, ' ')) {
      if (absl::StartsWith(word, "grpc_address=")) return std::string(word.substr(13));
    }
  }
}

int Run(const Options& options) {
  const std::string data = absl::StrCat(std::filesystem::temp_directory_path().string(),
                                        "/clearway-bench-", absl::ToUnixNanos(absl::Now()));
  std::filesystem::create_directory(data);
  absl::StatusOr<ChildProcess> echo_server =
      ChildProcess::Start({options.bin_dir + "/bench_echo_server"}, ChildProcess::Listen::kOutput);
  std::vector<std::string> arguments = {options.bin_dir + "/clearwayd",
                                        "--grpc-address",
                                        "127.0.0.1:0",
                                        "--http-address",
                                        "127.0.0.1:0",
                                        "--store-path",
                                        data + "/bench.db"};
  if (!options.conninfo_file.empty()) {
    arguments.insert(arguments.end(), {"--store-backend", "postgres", "--postgres-conninfo-file",
                                       options.conninfo_file});
  }
  absl::StatusOr<ChildProcess> clearwayd =
      ChildProcess::Start(arguments, ChildProcess::Listen::kError);
  LoadResult echo;
  LoadResult classify;
  LoadResult ingest;
  int failures = 0;
  if (echo_server.ok() && clearwayd.ok()) {
    const absl::StatusOr<std::string> port = echo_server->ReadLine();
    const absl::StatusOr<std::string> address = ServingAddress(*clearwayd);
    if (port.ok() && address.ok()) {
      const auto echo_channel = Connect(absl::StrCat("127.0.0.1:", *port));
      const auto channel = Connect(*address);
      for (int round = 0; round < options.rounds; ++round) {
        std::fprintf(stderr, "round %d of %d\n", round + 1, options.rounds);
        KeepBest(MeasureEcho(options, echo_channel), &echo);
        KeepBest(MeasureClassify(options, channel), &classify);
        KeepBest(MeasureIngest(options, round, channel), &ingest);
      }
      std::printf(
          "%d calls in flight, about %d bytes of text, %ld calls a round, best of %d rounds\n\n",
          options.load.in_flight, options.payload, options.load.calls, options.rounds);
      std::printf("| %-26s | %10s | %7s | %7s | %5s |\n", "call", "calls/s", "p50 us", "p99 us",
                  "ratio");
      std::printf("| -------------------------- | ---------: | ------: | ------: | ----: |\n");
      PrintRow("bare echo", echo, echo);
      PrintRow("ClassifyTicket", classify, echo);
      PrintRow("IngestTicketEvent, durable", ingest, echo);
      std::printf("\nclearwayd holds %ld MiB\n", clearwayd->ResidentBytes() >> 20);
    } else {
      ++failures;
    }
  } else {
    ++failures;
  }
  if (failures > 0)
    std::cerr << "the servers could not be started from " << options.bin_dir << "\n";
  std::filesystem::remove_all(data);
  return failures + (echo.failed + classify.failed + ingest.failed > 0 ? 1 : 0);
}

}  // namespace
}  // namespace clearway::bench

int main(int argc, char** argv) {
  CLI::App app("Measures clearwayd against a bare gRPC echo");
  clearway::bench::Options options;
  options.bin_dir = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  app.add_option("--bin-dir", options.bin_dir, "Where bench_echo_server and clearwayd lie");
  app.add_option("--postgres-conninfo-file", options.conninfo_file,
                 "A file with a libpq connection string: measure over PostgreSQL");
  app.add_option("--in-flight", options.load.in_flight, "Calls under way")
      ->check(CLI::Range(1, 4096));
  app.add_option("--payload", options.payload, "Bytes of text a ticket")
      ->check(CLI::Range(100, 1'000'000));
  app.add_option("--calls", options.load.calls, "Calls counted a round")
      ->check(CLI::Range(100, 1'000'000));
  app.add_option("--rounds", options.rounds, "Rounds; the best counts")->check(CLI::Range(1, 20));
  CLI11_PARSE(app, argc, argv);
  return clearway::bench::Run(options);
}
