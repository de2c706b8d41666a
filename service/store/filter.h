#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace clearway {

// What a filter may ask about a blocker.
enum class BlockerField {
  kState,
  kCategory,
  kReason,
  kSecondary,
  kPriority,
  kSource,
  kTicket,
  kProject,
  kWaitingOn,
  kLanguage,
  kOpenTime,
  kUpdateTime,
  kResolveTime,
  kEscalationLevel,
  kConfidence,
};

// kHas (`:`) is for strings and means contains. kPresent (`:*`) means that the field is set (a
// string not empty, a number or enum not 0) and has no value.
enum class FilterOperator {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kHas,
  kPresent,
};

// One comparison, checked: the value has the field's type. Enums are carried as their numbers. For
// kEqual and kNotEqual on strings a `*` at either end of the value matches anything, and
// `any_prefix`/`any_suffix` say that it stood there.
struct Comparison {
  BlockerField field = BlockerField::kState;
  FilterOperator op = FilterOperator::kEqual;
  std::variant<std::string, int64_t, double, absl::Time> value;
  bool any_prefix = false;
  bool any_suffix = false;
};

// A tree of comparisons. Empty (kAll) matches everything.
struct Filter {
  enum class Kind { kAll, kComparison, kAnd, kOr, kNot };
  Kind kind = Kind::kAll;
  Comparison comparison;
  // Of kAnd and kOr two or more, of kNot one.
  std::vector<Filter> operands;
};

// Parses an AIP-160 filter over blockers; see ListBlockersRequest.filter for the fields. OR binds
// tighter than AND, and juxtaposition means AND. INVALID_ARGUMENT says what and at which byte.
// Times are cut to whole microseconds. A resolve_time that is not set matches no comparison, not
// even !=; the NOT of one it does match.
absl::StatusOr<Filter> ParseFilter(absl::string_view text);

}  // namespace clearway
