#include "service/cli/ingest_tally.h"

#include <syncstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "service/cli/client.h"
#include "service/cli/proto_text.h"
#include "service/report/display_text.h"

namespace clearway {
namespace {

std::string ResultName(v1::IngestResult result) {
  switch (result) {
    case v1::INGEST_RESULT_APPLIED:
      return "APPLIED";
    case v1::INGEST_RESULT_DUPLICATE:
      return "DUPLICATE";
    case v1::INGEST_RESULT_STALE:
      return "STALE";
    default:
      return absl::StrCat(static_cast<int>(result));
  }
}

std::string ErrorText(const v1::IngestError& error) {
  std::string text = absl::StrCat(
      absl::StatusCodeToString(static_cast<absl::StatusCode>(error.code())), ": ", error.message());
  std::vector<std::string> faults;
  for (const v1::FieldViolation& violation : error.field_violations()) {
    faults.push_back(absl::StrCat(violation.field(), ": ", violation.description()));
  }
  AppendFaults(faults, &text);
  return text;
}

bool Lasts(const v1::IngestTicketEventResponse& ingested) {
  return ingested.has_blocker() && ingested.blocker().state() != v1::BLOCKER_STATE_RESOLVED;
}

}  // namespace

void IngestTally::Sent(std::string place) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++sent_;
  places_.push_back(std::move(place));
}

std::string IngestTally::NextPlace() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (places_.empty()) return "an event never sent";
  std::string place = std::move(places_.front());
  places_.pop_front();
  return place;
}

void IngestTally::Answered(const v1::StreamTicketEventsResponse& response) {
  const std::string place = NextPlace();
  if (acks_) PrintAck(place, response);
  if (!response.has_ingested()) {
    ++refused_;
    std::osyncstream(terminal_.err) << OneLine(place + ": " + ErrorText(response.error())) << "\n";
    return;
  }
  const v1::IngestTicketEventResponse& ingested = response.ingested();
  if (ingested.result() == v1::INGEST_RESULT_APPLIED) ++applied_;
  if (ingested.result() == v1::INGEST_RESULT_DUPLICATE) ++duplicate_;
  if (ingested.result() == v1::INGEST_RESULT_STALE) ++stale_;
  if (Lasts(ingested)) ++blocked_;
}

void IngestTally::PrintAck(const std::string& place,
                           const v1::StreamTicketEventsResponse& response) {
  nlohmann::ordered_json json = {{"place", place}, {"event_id", response.event_id()}};
  if (response.has_ingested()) {
    const v1::IngestTicketEventResponse& ingested = response.ingested();
    json["result"] = ResultName(ingested.result());
    json["category"] = NameOf(ingested.classification().category());
    json["reason"] = NameOf(ingested.classification().reason());
    json["blocker"] = ingested.blocker().name();
  } else {
    json["error"] = ErrorText(response.error());
  }
  // Flushed, for what has been printed is known to be kept.
  terminal_.out << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

absl::Status IngestTally::Finish() {
  const int64_t answered = applied_ + duplicate_ + stale_ + refused_;
  (acks_ ? terminal_.err : terminal_.out) << absl::StrCat(
      "sent ", sent_, ", answered ", answered, ": applied ", applied_, ", duplicate ", duplicate_,
      ", stale ", stale_, ", refused ", refused_, "; blocked after it ", blocked_, "\n");
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!places_.empty()) {
    return absl::AbortedError(absl::StrCat("events without an answer: ", places_.size(), ", from ",
                                           places_.front(),
                                           " on; send the file again, nothing is taken in twice"));
  }
  if (refused_ > 0) return absl::InvalidArgumentError(absl::StrCat("events refused: ", refused_));
  return absl::OkStatus();
}

}  // namespace clearway
