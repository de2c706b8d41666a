#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/store/filter.h"

namespace clearway {

// The right-hand side of a comparison, unquoted and without its wildcards.
struct FilterText {
  std::string text;
  bool any_prefix = false;
  bool any_suffix = false;
  // First byte of it in the filter.
  size_t position = 0;

  // Nothing but `*`.
  bool is_star() const { return text.empty() && (any_prefix || any_suffix); }
};

// INVALID_ARGUMENT that says where: "filter, byte 12: …", counted from 0.
absl::Status FilterError(size_t position, absl::string_view what);

// Cuts a filter into its smallest parts. What counts as one depends on where it stands (a bare
// value may hold ":", a field may not), so the parser asks for what it expects. Every call skips
// white space first.
class FilterScanner {
 public:
  explicit FilterScanner(absl::string_view text) : text_(text) {}

  // Next byte that is not white space.
  size_t position();
  bool AtEnd();
  bool AtChar(char c);
  // Takes `c` if it comes next.
  bool TakeChar(char c);
  // Takes AND, OR or NOT if it comes next as a word of its own.
  bool TakeKeyword(absl::string_view keyword);
  bool AtKeyword(absl::string_view keyword);

  absl::StatusOr<absl::string_view> TakeField();
  absl::StatusOr<FilterOperator> TakeOperator();
  absl::StatusOr<FilterText> TakeValue();

 private:
  absl::StatusOr<FilterText> TakeQuoted();
  absl::StatusOr<FilterText> TakeBare();

  const absl::string_view text_;
  size_t next_ = 0;
};

}  // namespace clearway
