#include "service/domain/matcher.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"

#include "service/base/status_macros.h"
#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

constexpr std::array<absl::string_view, kMatchFields> kFieldNames = {
    "tenant",   "source", "project",    "category", "reason",
    "priority", "labels", "waiting_on", "language"};
// Longer ones are a slip, and cost memory to compile.
constexpr size_t kMaxPattern = 1024;
constexpr int64_t kMaxPatternMemory = 1 << 20;

std::optional<MatchField> ParseField(absl::string_view name) {
  const auto* const found = std::find(kFieldNames.begin(), kFieldNames.end(), name);
  if (found == kFieldNames.end()) return std::nullopt;
  return static_cast<MatchField>(found - kFieldNames.begin());
}

absl::Status Refuse(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::StatusOr<MatchOperator> TakeOperator(absl::string_view* rest) {
  constexpr std::array<std::pair<absl::string_view, MatchOperator>, 4> kOperators = {{
      {"=~", MatchOperator::kMatches},
      {"!=", MatchOperator::kNotEqual},
      {"=", MatchOperator::kEqual},
      {"in", MatchOperator::kIn},
  }};
  for (const auto& [word, op] : kOperators) {
    if (!absl::StartsWith(*rest, word)) continue;
    const absl::string_view after = rest->substr(word.size());
    // "in" is a word and wants its space.
    if (op == MatchOperator::kIn && !after.empty() && !absl::ascii_isspace(after[0]) &&
        after[0] != '(') {
      continue;
    }
    *rest = absl::StripLeadingAsciiWhitespace(after);
    return op;
  }
  return Refuse("has no operator after the field; write one of =, !=, =~ or in");
}

// Reads one value up to `stops`, quoted or bare.
absl::StatusOr<std::string> TakeValue(absl::string_view stops, absl::string_view* rest) {
  *rest = absl::StripLeadingAsciiWhitespace(*rest);
  if (!rest->empty() && (rest->front() == '"' || rest->front() == '\'')) {
    const size_t end = rest->find(rest->front(), 1);
    if (end == absl::string_view::npos) return Refuse("has a quote that is not closed");
    std::string value(rest->substr(1, end - 1));
    *rest = absl::StripLeadingAsciiWhitespace(rest->substr(end + 1));
    return value;
  }
  const size_t end = std::min(rest->find_first_of(stops), rest->size());
  std::string value(absl::StripTrailingAsciiWhitespace(rest->substr(0, end)));
  rest->remove_prefix(end);
  return value;
}

absl::StatusOr<std::vector<std::string>> TakeList(absl::string_view rest) {
  const bool parentheses = absl::StartsWith(rest, "(");
  if (parentheses) rest.remove_prefix(1);
  std::vector<std::string> values;
  for (;;) {
    ASSIGN_OR_RETURN(std::string value, TakeValue(",)", &rest));
    if (value.empty()) return Refuse("has an empty value among those after \"in\"");
    values.push_back(std::move(value));
    if (!absl::StartsWith(rest, ",")) break;
    rest.remove_prefix(1);
  }
  if (parentheses && !absl::ConsumePrefix(&rest, ")")) {
    return Refuse(
        "has a parenthesis that is not closed; in YAML a condition with commas stands in quotes");
  }
  if (!absl::StripAsciiWhitespace(rest).empty()) {
    return Refuse(absl::StrCat("cannot be read from \"", rest, "\" on"));
  }
  return values;
}

template <typename Name>
std::string KnownNames(int count, Name name) {
  std::vector<std::string> names;
  for (int i = 1; i < count; ++i) names.emplace_back(name(i));
  return absl::StrJoin(names, ", ");
}

// Refuses names that no value of the field has: such a matcher would never match, or always.
absl::Status CheckName(MatchField field, const std::string& name) {
  switch (field) {
    case MatchField::kCategory: {
      const std::optional<Category> category = ParseCategory(name);
      if (category.has_value() && IsBlocked(*category)) return absl::OkStatus();
      return Refuse(absl::StrCat("names \"", name,
                                 "\", which is no category of blockers; known: TECHNICAL, "
                                 "COMMUNICATION, RESOURCE, CROSS_TEAM"));
    }
    case MatchField::kReason:
      if (ParseReason(name).has_value()) return absl::OkStatus();
      return Refuse(absl::StrCat(
          "names \"", name, "\", which is no reason; known: ", KnownNames(kReasonCount, [](int i) {
            return ReasonName(static_cast<Reason>(i));
          })));
    case MatchField::kPriority:
      if (ParsePriority(name).has_value()) return absl::OkStatus();
      return Refuse(absl::StrCat("names \"", name,
                                 "\", which is no priority; known: HIGHEST, HIGH, MEDIUM, LOW, "
                                 "LOWEST, UNSPECIFIED"));
    default:
      return absl::OkStatus();
  }
}

}  // namespace

absl::string_view MatchFieldName(MatchField field) {
  return kFieldNames[static_cast<size_t>(field)];
}

MatchFacts::MatchFacts(const Blocker& blocker, const Ticket& ticket)
    // In the order of the enum.
    : values_{blocker.ticket.tenant,
              blocker.ticket.source,
              blocker.project,
              CategoryName(blocker.category),
              ReasonName(blocker.reason),
              PriorityName(blocker.priority),
              absl::string_view(),
              blocker.waiting_on,
              blocker.language},
      labels_(ticket.labels) {}

absl::StatusOr<Matcher> Matcher::Parse(absl::string_view text) {
  Matcher matcher;
  matcher.text_ = std::string(absl::StripAsciiWhitespace(text));
  absl::string_view rest = matcher.text_;
  size_t end = 0;
  while (end < rest.size() && (absl::ascii_isalpha(rest[end]) || rest[end] == '_')) ++end;
  const std::optional<MatchField> field = ParseField(rest.substr(0, end));
  if (!field.has_value()) {
    return Refuse(absl::StrCat("asks about \"", rest.substr(0, end),
                               "\"; known: ", absl::StrJoin(kFieldNames, ", ")));
  }
  matcher.field_ = *field;
  rest = absl::StripLeadingAsciiWhitespace(rest.substr(end));
  ASSIGN_OR_RETURN(matcher.op_, TakeOperator(&rest));
  if (matcher.op_ == MatchOperator::kIn) {
    ASSIGN_OR_RETURN(matcher.values_, TakeList(rest));
  } else {
    ASSIGN_OR_RETURN(std::string value, TakeValue("", &rest));
    if (!rest.empty()) return Refuse(absl::StrCat("cannot be read from \"", rest, "\" on"));
    matcher.values_.push_back(std::move(value));
  }
  if (matcher.op_ == MatchOperator::kMatches) {
    const std::string& pattern = matcher.values_.front();
    if (pattern.size() > kMaxPattern) return Refuse("has a regular expression above 1024 bytes");
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxPatternMemory);
    auto compiled = std::make_shared<RE2>(pattern, options);
    if (!compiled->ok()) {
      return Refuse(absl::StrCat("has a regular expression that RE2 refuses: ", compiled->error()));
    }
    matcher.pattern_ = std::move(compiled);
    return matcher;
  }
  for (const std::string& value : matcher.values_) RETURN_IF_ERROR(CheckName(*field, value));
  return matcher;
}

bool Matcher::MatchesValue(absl::string_view value) const {
  if (pattern_ != nullptr)
    return RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *pattern_);
  return std::find(values_.begin(), values_.end(), value) != values_.end();
}

bool Matcher::Accepts(absl::string_view value) const {
  return MatchesValue(value) != (op_ == MatchOperator::kNotEqual);
}

bool Matcher::Matches(const MatchFacts& facts) const {
  const bool any =
      facts.Any(field_, [this](absl::string_view value) { return MatchesValue(value); });
  return op_ == MatchOperator::kNotEqual ? !any : any;
}

bool Matcher::Covers(const Matcher& other) const {
  if (field_ != other.field_) return false;
  const bool listed = op_ == MatchOperator::kEqual || op_ == MatchOperator::kIn;
  const bool other_listed = other.op_ == MatchOperator::kEqual || other.op_ == MatchOperator::kIn;
  if (listed && other_listed) {
    return std::all_of(other.values_.begin(), other.values_.end(),
                       [this](const std::string& value) { return MatchesValue(value); });
  }
  return op_ == other.op_ && values_ == other.values_;
}

}  // namespace clearway
