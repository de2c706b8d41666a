// MB of text a second through the classifier's core: reading JSON is not part of it. Every round
// judges all tickets once.
//   classifier_benchmark [--benchmark_…] [FILE or FOLDER of .jsonl…]     default: our own records
#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/classify/classifier.h"
#include "service/classify/record.h"

namespace clearway {
namespace {

size_t TextBytes(const Ticket& ticket) {
  size_t bytes = ticket.title.size() + ticket.description.size();
  for (const Comment& comment : ticket.comments) bytes += comment.body.size();
  return bytes;
}

void ClassifyTickets(benchmark::State& state, const Classifier& classifier,
                     const std::vector<Ticket>& tickets) {
  int64_t bytes = 0;
  for (const Ticket& ticket : tickets) bytes += static_cast<int64_t>(TextBytes(ticket));
  for (auto _ : state) {
    for (const Ticket& ticket : tickets) benchmark::DoNotOptimize(classifier.Classify(ticket));
  }
  state.SetBytesProcessed(bytes * state.iterations());
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "classifier_benchmark: %s\n", std::string(status.message()).c_str());
  return 1;
}

int Main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (paths.empty()) paths = {CLEARWAY_TRAINING_DATA};
  const auto classifier = Classifier::BuiltIn();
  if (!classifier.ok()) return Fail(classifier.status());
  auto records = ReadLabelledFiles(paths);
  if (!records.ok()) return Fail(records.status());
  // By language, and "all".
  std::map<std::string, std::vector<Ticket>> groups;
  for (LabelledRecord& record : *records) {
    if (!record.lang.empty()) groups[record.lang].push_back(record.ticket);
    groups["all"].push_back(std::move(record.ticket));
  }
  for (const auto& [name, tickets] : groups) {
    benchmark::RegisterBenchmark(("classify/" + name).c_str(),
                                 [&classifier, &tickets = tickets](benchmark::State& state) {
                                   ClassifyTickets(state, **classifier, tickets);
                                 });
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace clearway

int main(int argc, char** argv) { return clearway::Main(argc, argv); }
