#include "service/store/filter_sql.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"
#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/store/queries.h"

namespace clearway {
namespace {

// In the order of BlockerField.
constexpr std::array<absl::string_view, 15> kColumns = {
    "state",        "category",       "reason",          "secondary",        "priority",
    "source",       "ticket",         "project",         "waiting_on",       "language",
    "open_time_us", "update_time_us", "resolve_time_us", "escalation_level", "confidence"};

absl::string_view Operator(FilterOperator op) {
  switch (op) {
    case FilterOperator::kNotEqual:
      return "<>";
    case FilterOperator::kLess:
      return "<";
    case FilterOperator::kLessEqual:
      return "<=";
    case FilterOperator::kGreater:
      return ">";
    case FilterOperator::kGreaterEqual:
      return ">=";
    default:
      return "=";
  }
}

// Writes a filter as a condition that is true or false, never NULL.
class ConditionWriter {
 public:
  ConditionWriter(const SqlDialect& dialect, BlockerQuery* query)
      : dialect_(dialect), query_(*query) {}

  void Add(const Filter& filter) {
    switch (filter.kind) {
      case Filter::Kind::kAll:
        return Append("TRUE");
      case Filter::Kind::kComparison:
        return Add(filter.comparison);
      case Filter::Kind::kNot:
        Append("NOT ");
        return Add(filter.operands.front());
      case Filter::Kind::kAnd:
        return AddJoined(filter.operands, " AND ");
      case Filter::Kind::kOr:
        return AddJoined(filter.operands, " OR ");
    }
  }

 private:
  void AddJoined(const std::vector<Filter>& operands, absl::string_view separator) {
    absl::string_view before = "(";
    for (const Filter& operand : operands) {
      Append(before);
      Add(operand);
      before = separator;
    }
    Append(")");
  }

  void Add(const Comparison& comparison) {
    const absl::string_view column = kColumns[static_cast<size_t>(comparison.field)];
    const bool is_text = std::holds_alternative<std::string>(comparison.value);
    if (comparison.op == FilterOperator::kPresent) return AddPresent(comparison.field, column);
    if (is_text && comparison.op == FilterOperator::kHas)
      return AddMatch(column, comparison, true, true);
    if (is_text && (comparison.any_prefix || comparison.any_suffix)) {
      if (comparison.op == FilterOperator::kNotEqual) Append("NOT ");
      return AddMatch(column, comparison, comparison.any_prefix, comparison.any_suffix);
    }
    // One of the columns may be NULL, which must compare as false.
    const bool nullable = comparison.field == BlockerField::kResolveTime;
    Append(absl::StrCat(nullable ? "coalesce(" : "(", column, " ", Operator(comparison.op), " ?",
                        nullable ? ", FALSE)" : ")"));
    AddValue(comparison);
  }

  void AddPresent(BlockerField field, absl::string_view column) {
    switch (field) {
      case BlockerField::kOpenTime:
      case BlockerField::kUpdateTime:
      case BlockerField::kResolveTime:
        return Append(absl::StrCat("(", column, " IS NOT NULL)"));
      case BlockerField::kSource:
      case BlockerField::kTicket:
      case BlockerField::kProject:
      case BlockerField::kWaitingOn:
      case BlockerField::kLanguage:
        return Append(absl::StrCat("(", column, " <> '')"));
      default:
        return Append(absl::StrCat("(", column, " <> 0)"));
    }
  }

  // A text open at one end or both. Not LIKE, which knows wildcards of its own and no case.
  void AddMatch(absl::string_view column, const Comparison& comparison, bool any_prefix,
                bool any_suffix) {
    if (std::get<std::string>(comparison.value).empty()) return Append("TRUE");
    const absl::string_view condition = any_prefix && any_suffix ? dialect_.contains
                                        : any_suffix             ? dialect_.starts_with
                                                                 : dialect_.ends_with;
    Append(absl::Substitute(condition, column));
    for (const char c : condition) {
      if (c == '?') AddValue(comparison);
    }
  }

  void AddValue(const Comparison& comparison) {
    if (const auto* time = std::get_if<absl::Time>(&comparison.value)) {
      query_.parameters.emplace_back(absl::ToUnixMicros(*time));
    } else if (const auto* number = std::get_if<int64_t>(&comparison.value)) {
      query_.parameters.emplace_back(*number);
    } else if (const auto* real = std::get_if<double>(&comparison.value)) {
      query_.parameters.emplace_back(*real);
    } else {
      query_.parameters.emplace_back(std::get<std::string>(comparison.value));
    }
  }

  void Append(absl::string_view sql) { absl::StrAppend(&query_.sql, sql); }

  const SqlDialect& dialect_;
  BlockerQuery& query_;
};

bool SpeaksOfResolved(const Comparison& comparison) {
  const auto* state = std::get_if<int64_t>(&comparison.value);
  return comparison.field == BlockerField::kState && state != nullptr &&
         *state == static_cast<int64_t>(BlockerState::kResolved);
}

// True where the filter can only match blockers that last. False may also mean that it is not
// clear.
bool ExcludesResolved(const Filter& filter) {
  switch (filter.kind) {
    case Filter::Kind::kAll:
      return false;
    case Filter::Kind::kAnd:
      return std::any_of(filter.operands.begin(), filter.operands.end(), ExcludesResolved);
    case Filter::Kind::kOr:
      return std::all_of(filter.operands.begin(), filter.operands.end(), ExcludesResolved);
    case Filter::Kind::kNot: {
      const Filter& operand = filter.operands.front();
      if (operand.kind != Filter::Kind::kComparison) return false;
      const Comparison& comparison = operand.comparison;
      return (comparison.field == BlockerField::kResolveTime &&
              comparison.op == FilterOperator::kPresent) ||
             (comparison.op == FilterOperator::kEqual && SpeaksOfResolved(comparison));
    }
    case Filter::Kind::kComparison: {
      const Comparison& comparison = filter.comparison;
      if (comparison.field != BlockerField::kState) return false;
      return comparison.op ==
             (SpeaksOfResolved(comparison) ? FilterOperator::kNotEqual : FilterOperator::kEqual);
    }
  }
  return false;
}

// The text that the filter wants `field` to be, where it can match no blocker of another one;
// nullptr where there is none, or an empty one.
const std::string* OneNamed(const Filter& filter, BlockerField field) {
  if (filter.kind == Filter::Kind::kAnd) {
    for (const Filter& operand : filter.operands) {
      const std::string* named = OneNamed(operand, field);
      if (named != nullptr) return named;
    }
  }
  if (filter.kind != Filter::Kind::kComparison) return nullptr;
  const Comparison& comparison = filter.comparison;
  const auto* text = std::get_if<std::string>(&comparison.value);
  const bool names_one = comparison.field == field && comparison.op == FilterOperator::kEqual &&
                         text != nullptr && !text->empty() && !comparison.any_prefix &&
                         !comparison.any_suffix;
  return names_one ? text : nullptr;
}

// Which index is best to read: what the filter implies, in the words of a partial one, and what
// tells where a stretch of it ends.
struct Reading {
  absl::string_view implied;
  const char* id_behind = nullptr;
  std::optional<std::string> project = {};
};

Reading BestReading(const Filter& filter) {
  // A ticket has few.
  if (OneNamed(filter, BlockerField::kTicket) != nullptr) return {"ticket <> '' AND "};
  if (const std::string* project = OneNamed(filter, BlockerField::kProject)) {
    return {"project <> '' AND ", kSelectIdBehindOfProject, *project};
  }
  if (ExcludesResolved(filter)) return {"resolve_time_us IS NULL AND ", kSelectIdBehindLasting};
  return {"", filter.kind == Filter::Kind::kAll ? nullptr : kSelectIdBehind};
}

}  // namespace

BlockerQuery SelectBlockersWhere(const Filter& filter, const SqlDialect& dialect) {
  Reading reading = BestReading(filter);
  BlockerQuery query;
  query.sql = absl::StrCat("SELECT " CLEARWAY_BLOCKER_COLUMNS
                           " FROM blockers WHERE tenant = ? AND id < ? AND id > ? AND ",
                           reading.implied);
  ConditionWriter(dialect, &query).Add(filter);
  query.sql += " ORDER BY id DESC LIMIT ?";
  query.id_behind = reading.id_behind;
  query.project = std::move(reading.project);
  return query;
}

}  // namespace clearway
