// MB of text a second through the classifier's core, on our own records.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
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

std::vector<Ticket> TicketsOf(const std::string& language) {
  std::vector<Ticket> tickets;
  absl::StatusOr<std::vector<LabelledRecord>> records = ReadLabelledFiles({CLEARWAY_TRAINING_DATA});
  if (!records.ok()) return tickets;
  for (LabelledRecord& record : *records) {
    if (record.lang == language) tickets.push_back(std::move(record.ticket));
  }
  return tickets;
}

void ClassifyTickets(benchmark::State& state, const std::string& language) {
  const std::vector<Ticket> tickets = TicketsOf(language);
  const auto classifier = Classifier::BuiltIn();
  if (tickets.empty() || !classifier.ok()) {
    state.SkipWithError("no records or no model");
    return;
  }
  size_t at = 0;
  int64_t bytes = 0;
  for (auto _ : state) {
    const Ticket& ticket = tickets[at++ % tickets.size()];
    benchmark::DoNotOptimize((*classifier)->Classify(ticket));
    bytes += static_cast<int64_t>(TextBytes(ticket));
  }
  state.SetBytesProcessed(bytes);
}

BENCHMARK_CAPTURE(ClassifyTickets, english, "en");
BENCHMARK_CAPTURE(ClassifyTickets, chinese, "zh");

}  // namespace
}  // namespace clearway

BENCHMARK_MAIN();
