#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/blocker.h"
#include "service/domain/ticket.h"

namespace re2 {
class RE2;
}

namespace clearway {

// What a policy can ask about a blocker. Enums go by their names without prefix ("CROSS_TEAM").
enum class MatchField {
  kTenant,
  kSource,
  kProject,
  kCategory,
  kReason,
  kPriority,
  kLabels,
  kWaitingOn,
  kLanguage,
};
inline constexpr size_t kMatchFields = 9;

enum class MatchOperator { kEqual, kNotEqual, kMatches, kIn };

// The values of the fields of one blocker; all but the labels have exactly one, which may be empty.
// A view: the blocker and the ticket must outlive it.
class MatchFacts {
 public:
  // Of the ticket only the labels are looked at.
  MatchFacts(const Blocker& blocker, const Ticket& ticket);

  // Whether the field has such a value.
  template <typename Predicate>
  bool Any(MatchField field, Predicate predicate) const {
    if (field != MatchField::kLabels) return predicate(values_[static_cast<size_t>(field)]);
    return std::any_of(labels_.begin(), labels_.end(), predicate);
  }

 private:
  // By field; that of the labels is empty.
  std::array<absl::string_view, kMatchFields> values_;
  const std::vector<std::string>& labels_;
};

// One condition, such as `priority in (HIGH, HIGHEST)`. Immutable; copies are cheap. Thread-safe.
class Matcher {
 public:
  // FIELD OPERATOR VALUE with an operator of
  //   =   is that value            !=  is not
  //   =~  a regular expression of RE2 fits all of it
  //   in  is one of some, separated by commas, in parentheses or not.
  // Values with a comma, a parenthesis or outer spaces stand in quotes, ' or ". A field of several
  // values, labels, matches when one of them does; with != when none does.
  // INVALID_ARGUMENT, saying what was expected, for anything else and for names that no category,
  // reason or priority has.
  static absl::StatusOr<Matcher> Parse(absl::string_view text);

  bool Matches(const MatchFacts& facts) const;

  // Whether it matches a field whose one value this is.
  bool Accepts(absl::string_view value) const;

  MatchField field() const { return field_; }
  MatchOperator op() const { return op_; }
  // What it is compared with; one, but for kIn.
  const std::vector<std::string>& values() const { return values_; }

  // True when whatever `other` matches this one matches too, as far as can be told from their
  // values: regular expressions cover only themselves.
  bool Covers(const Matcher& other) const;

  // As written, on one line.
  const std::string& text() const { return text_; }

 private:
  Matcher() = default;
  bool MatchesValue(absl::string_view value) const;

  MatchField field_ = MatchField::kTenant;
  MatchOperator op_ = MatchOperator::kEqual;
  std::vector<std::string> values_;
  std::shared_ptr<const re2::RE2> pattern_;
  std::string text_;
};

// "waiting_on"; as in matchers.
absl::string_view MatchFieldName(MatchField field);

}  // namespace clearway
