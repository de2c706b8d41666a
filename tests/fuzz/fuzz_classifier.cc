// Any bytes as a ticket: the classifier must not crash, and what it says must fit the ticket.
#include <unicode/utf8.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "service/classify/classifier.h"
#include "service/classify/code_points.h"
#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"
#include "tests/fuzz/require.h"

namespace clearway {
namespace {

using testing::Require;

constexpr char kBetweenTexts = '\x1f';
// Beyond the 64 KiB that are read of a text.
constexpr size_t kLongestText = size_t{160} << 10;

std::string Repeated(absl::string_view text, size_t times) {
  std::string result(text);
  for (size_t i = 1; i < times && result.size() + text.size() <= kLongestText; ++i) {
    result.append(text.data(), text.size());
  }
  return result;
}

// The first byte says how the ticket stands, the second how often the description is repeated,
// since the fuzzer itself makes no long inputs; then come title, description, comments and, behind
// each comment's first tab, what is taken for a label.
Ticket TicketOf(absl::string_view bytes) {
  Ticket ticket;
  if (bytes.size() < 2) return ticket;
  const auto state = static_cast<uint8_t>(bytes[0]);
  const auto times = static_cast<uint8_t>(bytes[1]);
  ticket.done = (state & 1) != 0;
  ticket.flagged = (state & 2) != 0;
  if ((state & 4) != 0) ticket.status = "Blocked";
  const std::vector<absl::string_view> texts = absl::StrSplit(bytes.substr(2), kBetweenTexts);
  ticket.title = std::string(texts[0]);
  if (texts.size() > 1) ticket.description = Repeated(texts[1], size_t{times} * times + 1);
  for (size_t i = 2; i < texts.size(); ++i) {
    ticket.comments.emplace_back().body = std::string(texts[i]);
    const size_t tab = texts[i].find('\t');
    if (tab != absl::string_view::npos) ticket.labels.emplace_back(texts[i].substr(tab + 1));
  }
  return ticket;
}

absl::string_view TextOf(const Ticket& ticket, const std::string& field) {
  if (field == "title") return ticket.title;
  if (field == "description") return ticket.description;
  for (size_t i = 0; i < ticket.comments.size(); ++i) {
    if (field == "comments[" + std::to_string(i) + "]") return ticket.comments[i].body;
  }
  Require(false, "evidence stands in a field of the ticket");
  return "";
}

bool IsUtf8(absl::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t i = 0; i < text.size();) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, text.size(), c);
    if (c < 0) return false;
  }
  return true;
}

void CheckEvidence(const Ticket& ticket, const Evidence& span) {
  const absl::string_view text = TextOf(ticket, span.field);
  const auto begin = static_cast<size_t>(span.begin);
  const auto end = static_cast<size_t>(span.end);
  Require(span.begin >= 0 && begin < end && end <= text.size(), "evidence lies within its field");
  Require(text.substr(begin, end - begin) == span.text, "evidence is quoted as it stands");
  Require(!IsUtf8(text) || IsUtf8(span.text), "evidence is not cut within a character");
  Require(static_cast<size_t>(span.begin_code_point) == CountCodePoints(text.substr(0, begin)) &&
              static_cast<size_t>(span.end_code_point) ==
                  CountCodePoints(text.substr(0, begin)) + CountCodePoints(span.text),
          "code points are those of the bytes");
  Require(span.weight > 0, "evidence spoke for the verdict");
}

void CheckParty(const Ticket& ticket, const std::string& party) {
  bool found = party.empty() || absl::StrContains(ticket.title, party) ||
               absl::StrContains(ticket.description, party);
  bool valid = IsUtf8(ticket.title) && IsUtf8(ticket.description);
  for (const Comment& comment : ticket.comments) {
    found = found || absl::StrContains(comment.body, party);
    valid = valid && IsUtf8(comment.body);
  }
  Require(found, "who is waited for is named by the ticket");
  Require(!valid || IsUtf8(party), "who is waited for is not cut within a character");
}

void CheckVerdict(const Ticket& ticket, const Classification& verdict) {
  Require(verdict.category != Category::kUnspecified, "there is a category");
  Require(IsBlocked(verdict.category) == (verdict.reason != Reason::kUnspecified),
          "a reason where it is blocked, and only there");
  Require(!IsBlocked(verdict.category) || CategoryOf(verdict.reason) == verdict.category,
          "the reason is one of the category's");
  Require(verdict.confidence >= 0 && verdict.confidence <= 1, "confidence is a probability");
  const double sum =
      std::accumulate(verdict.probabilities.begin(), verdict.probabilities.end(), 0.0);
  Require(std::abs(sum - 1) < 1e-6, "probabilities sum to 1");
  Require(verdict.evidence.size() <= 3, "at most three spans");
  for (const Evidence& span : verdict.evidence) CheckEvidence(ticket, span);
  CheckParty(ticket, verdict.waiting_on);
}

}  // namespace
}  // namespace clearway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto classifier = clearway::Classifier::BuiltIn();
  clearway::testing::Require(classifier.ok(), "the built-in model can be read");
  const clearway::Ticket ticket = clearway::TicketOf({reinterpret_cast<const char*>(data), size});
  const clearway::Classification verdict = (*classifier)->Classify(ticket);
  clearway::CheckVerdict(ticket, verdict);
  clearway::testing::Require((*classifier)->Classify(ticket) == verdict,
                             "the same ticket gets the same verdict");
  return 0;
}
