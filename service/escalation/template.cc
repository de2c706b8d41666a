#include "service/escalation/template.h"

#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace clearway {
namespace {

constexpr unsigned Bit(TextPlace place) { return 1u << static_cast<unsigned>(place); }

constexpr unsigned kPlaybook = Bit(TextPlace::kPlaybook);
constexpr unsigned kOne = kPlaybook | Bit(TextPlace::kShared);
constexpr unsigned kGroup = Bit(TextPlace::kGroup);

struct Fact {
  absl::string_view brace;
  std::string TemplateFacts::*value;
  // Bits of the places that it may stand in.
  unsigned places;
};

constexpr std::array<Fact, 23> kFacts = {{
    {"{ticket}", &TemplateFacts::ticket, kOne | kGroup},
    {"{title}", &TemplateFacts::title, kOne | kGroup},
    {"{project}", &TemplateFacts::project, kOne | kGroup},
    {"{party}", &TemplateFacts::party, kOne | kGroup},
    {"{reason}", &TemplateFacts::reason, kOne | kGroup},
    {"{since}", &TemplateFacts::since, kOne | kGroup},
    {"{age}", &TemplateFacts::age, kOne | kGroup},
    {"{waiter}", &TemplateFacts::waiter, kOne | kGroup},
    {"{dependants}", &TemplateFacts::dependants, kOne | kGroup},
    {"{dependants_age}", &TemplateFacts::dependants_age, kOne | kGroup},
    {"{daily_cost}", &TemplateFacts::daily_cost, kOne | kGroup},
    {"{cost}", &TemplateFacts::cost, kOne | kGroup},
    {"{quote}", &TemplateFacts::quote, kOne | kGroup},
    {"{by}", &TemplateFacts::by, kOne | kGroup},
    {"{next}", &TemplateFacts::next, kOne},
    {"{next_date}", &TemplateFacts::next_date, kOne},
    {"{hello}", &TemplateFacts::hello, kPlaybook | kGroup},
    {"{effect}", &TemplateFacts::effect, kPlaybook},
    {"{situation}", &TemplateFacts::situation, kPlaybook},
    {"{name}", &TemplateFacts::name, Bit(TextPlace::kHello)},
    {"{count}", &TemplateFacts::count, kGroup},
    {"{more}", &TemplateFacts::more, kGroup},
    {"{first}", &TemplateFacts::first, kGroup},
}};

// The fact that `text` begins with; nullptr when it begins with none.
const Fact* FactAt(absl::string_view text) {
  for (const Fact& fact : kFacts) {
    if (absl::StartsWith(text, fact.brace)) return &fact;
  }
  return nullptr;
}

bool MayStand(const Fact& fact, TextPlace place) { return (fact.places & Bit(place)) != 0; }

// Takes one of `marks` from the front of `text`.
template <size_t kCount>
bool ConsumeAny(const std::array<absl::string_view, kCount>& marks, absl::string_view* text) {
  for (const absl::string_view mark : marks) {
    if (absl::ConsumePrefix(text, mark)) return true;
  }
  return false;
}

constexpr std::array<absl::string_view, 3> kWideEnds = {"。", "？", "！"};
constexpr std::array<absl::string_view, 3> kNarrowEnds = {".", "?", "!"};
// What any of them begins with.
constexpr absl::string_view kEndBytes = ".?!\xE3\xEF";
constexpr std::array<absl::string_view, 5> kClosings = {"”", "）", "’", "\"", ")"};

// The length of the first sentence of a line, the blanks after it included.
size_t SentenceLength(absl::string_view line) {
  for (size_t at = line.find_first_of(kEndBytes); at != absl::string_view::npos;
       at = line.find_first_of(kEndBytes, at + 1)) {
    absl::string_view rest = line.substr(at);
    const bool wide = ConsumeAny(kWideEnds, &rest);
    if (!wide && !ConsumeAny(kNarrowEnds, &rest)) continue;
    while (ConsumeAny(kClosings, &rest)) {
    }
    const absl::string_view next = absl::StripLeadingAsciiWhitespace(rest);
    const bool ends =
        wide || next.empty() || (next.size() < rest.size() && !absl::ascii_islower(next.front()));
    if (ends) return static_cast<size_t>(next.data() - line.data());
  }
  return line.size();
}

}  // namespace

absl::Status CheckTemplate(absl::string_view text, TextPlace place) {
  for (size_t at = text.find_first_of("{}"); at != absl::string_view::npos;
       at = text.find_first_of("{}", at)) {
    const Fact* fact = FactAt(text.substr(at));
    if (fact == nullptr || !MayStand(*fact, place)) {
      std::vector<absl::string_view> known;
      for (const Fact& each : kFacts) {
        if (MayStand(each, place)) known.push_back(each.brace);
      }
      const size_t end = text.find('}', at);
      return absl::InvalidArgumentError(absl::StrCat(
          "has the brace \"", text.substr(at, end == absl::string_view::npos ? 1 : end - at + 1),
          "\"; known are ", absl::StrJoin(known, ", ")));
    }
    at += fact->brace.size();
  }
  return absl::OkStatus();
}

Template::Template(absl::string_view text) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    std::vector<Sentence>& sentences = lines_.emplace_back();
    while (!line.empty()) {
      const size_t length = SentenceLength(line);
      sentences.push_back(TakeApart(line.substr(0, length)));
      line.remove_prefix(length);
    }
  }
}

Template::Sentence Template::TakeApart(absl::string_view sentence) {
  Sentence pieces;
  size_t at = sentence.find('{');
  while (at != absl::string_view::npos) {
    const Fact* const fact = FactAt(sentence.substr(at));
    if (fact == nullptr) {
      at = sentence.find('{', at + 1);
      continue;
    }
    pieces.push_back({std::string(sentence.substr(0, at)), fact->value});
    sentence.remove_prefix(at + fact->brace.size());
    at = sentence.find('{');
  }
  if (!sentence.empty()) pieces.push_back({std::string(sentence)});
  return pieces;
}

void Template::Append(const Sentence& sentence, const TemplateFacts& facts, std::string* out) {
  const size_t begin = out->size();
  for (const Piece& piece : sentence) {
    out->append(piece.words);
    if (piece.fact == nullptr) continue;
    const std::string& value = facts.*piece.fact;
    if (value.empty()) {
      out->resize(begin);
      return;
    }
    out->append(value);
  }
}

std::string Template::Render(const TemplateFacts& facts) const {
  std::string out;
  // Where the last line that says something ends, and whether a blank one came after it.
  size_t end = 0;
  bool blank = false;
  for (const std::vector<Sentence>& line : lines_) {
    if (line.empty()) {
      blank = end > 0;
      continue;
    }
    if (end > 0) out.append(blank ? "\n\n" : "\n");
    const size_t begin = out.size();
    for (const Sentence& sentence : line) Append(sentence, facts, &out);
    while (out.size() > begin && absl::ascii_isspace(static_cast<unsigned char>(out.back()))) {
      out.pop_back();
    }
    if (out.size() == begin) {
      out.resize(end);
      continue;
    }
    end = out.size();
    blank = false;
  }
  return out;
}

}  // namespace clearway
