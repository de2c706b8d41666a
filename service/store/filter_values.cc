#include "service/store/filter_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

#include "service/base/status_macros.h"
#include "service/domain/blocker.h"
#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

enum class FieldType { kState, kCategory, kReason, kPriority, kText, kTime, kInteger, kNumber };

struct FieldInfo {
  absl::string_view name;
  FieldType type;
};

// In the order of BlockerField.
constexpr std::array<FieldInfo, 15> kFields = {{
    {"state", FieldType::kState},
    {"category", FieldType::kCategory},
    {"reason", FieldType::kReason},
    {"secondary", FieldType::kCategory},
    {"priority", FieldType::kPriority},
    {"source", FieldType::kText},
    {"ticket", FieldType::kText},
    {"project", FieldType::kText},
    {"waiting_on", FieldType::kText},
    {"language", FieldType::kText},
    {"open_time", FieldType::kTime},
    {"update_time", FieldType::kTime},
    {"resolve_time", FieldType::kTime},
    {"escalation_level", FieldType::kInteger},
    {"confidence", FieldType::kNumber},
}};

constexpr absl::string_view kUnspecified = "UNSPECIFIED";

const FieldInfo& InfoOf(BlockerField field) { return kFields[static_cast<size_t>(field)]; }

// The names of an enum by number, without prefix, and the prefix the API puts before them.
struct EnumNames {
  absl::string_view prefix;
  std::vector<absl::string_view> names;
};

template <typename Enum>
std::vector<absl::string_view> NamesOf(int count, absl::string_view (*name_of)(Enum)) {
  std::vector<absl::string_view> names{kUnspecified};
  for (int i = 1; i < count; ++i) names.push_back(name_of(static_cast<Enum>(i)));
  return names;
}

EnumNames EnumNamesOf(FieldType type) {
  switch (type) {
    case FieldType::kState:
      return {"BLOCKER_STATE_", NamesOf<BlockerState>(kBlockerStateCount, BlockerStateName)};
    case FieldType::kCategory:
      return {"CATEGORY_", NamesOf<Category>(kCategoryCount, CategoryName)};
    case FieldType::kReason:
      return {"REASON_", NamesOf<Reason>(kReasonCount, ReasonName)};
    default:
      return {"PRIORITY_", {kUnspecified, "LOWEST", "LOW", "MEDIUM", "HIGH", "HIGHEST"}};
  }
}

bool IsEnum(FieldType type) { return type <= FieldType::kPriority; }

absl::Status Mistyped(const FieldInfo& field, const FilterText& value, absl::string_view wanted) {
  return FilterError(value.position, absl::StrCat(field.name, " takes ", wanted));
}

absl::StatusOr<int64_t> EnumNumber(const FieldInfo& field, const FilterText& value) {
  const EnumNames known = EnumNamesOf(field.type);
  const absl::string_view name = absl::StripPrefix(value.text, known.prefix);
  const auto found = std::find(known.names.begin(), known.names.end(), name);
  if (found == known.names.end()) {
    return Mistyped(field, value, absl::StrCat("one of ", absl::StrJoin(known.names, ", ")));
  }
  return std::distance(known.names.begin(), found);
}

absl::StatusOr<absl::Time> TimeValue(const FieldInfo& field, const FilterText& value) {
  absl::Time time;
  std::string error;
  // "infinite-past" and its like are absl's own.
  if (absl::StartsWith(value.text, "infinite") ||
      !absl::ParseTime(absl::RFC3339_full, value.text, &time, &error)) {
    return Mistyped(field, value, R"(a time such as "2026-01-31T08:00:00Z")");
  }
  return absl::FromUnixMicros(absl::ToUnixMicros(time));
}

absl::StatusOr<double> NumberValue(const FieldInfo& field, const FilterText& value) {
  double number = 0;
  if (!absl::SimpleAtod(value.text, &number) || !std::isfinite(number)) {
    return Mistyped(field, value, "a number such as 0.8");
  }
  return number;
}

absl::StatusOr<int64_t> IntegerValue(const FieldInfo& field, const FilterText& value) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(value.text, &number)) return Mistyped(field, value, "a whole number");
  return number;
}

// The value of a field that is not text.
absl::Status SetTypedValue(const FieldInfo& field, const FilterText& value,
                           Comparison* comparison) {
  if (value.any_prefix || value.any_suffix) {
    return FilterError(value.position,
                       absl::StrCat(field.name, " takes no *, but for ", field.name, ":*"));
  }
  if (IsEnum(field.type)) {
    ASSIGN_OR_RETURN(comparison->value, EnumNumber(field, value));
  } else if (field.type == FieldType::kTime) {
    ASSIGN_OR_RETURN(comparison->value, TimeValue(field, value));
  } else if (field.type == FieldType::kInteger) {
    ASSIGN_OR_RETURN(comparison->value, IntegerValue(field, value));
  } else {
    ASSIGN_OR_RETURN(comparison->value, NumberValue(field, value));
  }
  // To have a value that is not text is to equal it.
  if (comparison->op == FilterOperator::kHas) comparison->op = FilterOperator::kEqual;
  return absl::OkStatus();
}

}  // namespace

std::optional<BlockerField> BlockerFieldOf(absl::string_view name) {
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (kFields[i].name == name) return static_cast<BlockerField>(i);
  }
  return std::nullopt;
}

std::string BlockerFieldNames() {
  return absl::StrJoin(kFields, ", ", [](std::string* out, const FieldInfo& field) {
    absl::StrAppend(out, field.name);
  });
}

bool TakesOperator(BlockerField field, FilterOperator op) {
  const FieldType type = InfoOf(field).type;
  if (!IsEnum(type) && type != FieldType::kText) return true;
  return op == FilterOperator::kEqual || op == FilterOperator::kNotEqual ||
         op == FilterOperator::kHas;
}

absl::StatusOr<Comparison> MakeComparison(BlockerField field, FilterOperator op,
                                          const FilterText& value) {
  const FieldInfo& info = InfoOf(field);
  Comparison comparison;
  comparison.field = field;
  comparison.op = op;
  if (op == FilterOperator::kHas && value.is_star()) {
    comparison.op = FilterOperator::kPresent;
    return comparison;
  }
  if (info.type != FieldType::kText) {
    RETURN_IF_ERROR(SetTypedValue(info, value, &comparison));
    return comparison;
  }
  comparison.value = value.text;
  // "Contains" is open at both ends anyway.
  if (op != FilterOperator::kHas) {
    comparison.any_prefix = value.any_prefix;
    comparison.any_suffix = value.any_suffix;
  }
  return comparison;
}

}  // namespace clearway
