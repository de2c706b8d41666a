#include "service/store/filter_scanner.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

constexpr absl::string_view kKeywords[] = {"AND", "OR", "NOT"};

// Longer ones first.
constexpr std::array<std::pair<absl::string_view, FilterOperator>, 7> kOperators = {{
    {"<=", FilterOperator::kLessEqual},
    {">=", FilterOperator::kGreaterEqual},
    {"!=", FilterOperator::kNotEqual},
    {"<", FilterOperator::kLess},
    {">", FilterOperator::kGreater},
    {"=", FilterOperator::kEqual},
    {":", FilterOperator::kHas},
}};

bool IsWordChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// What ends a bare value.
bool EndsBare(char c) {
  return absl::ascii_isspace(static_cast<unsigned char>(c)) || absl::StrContains("()\"'=<>!,", c);
}

}  // namespace

absl::Status FilterError(size_t position, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("filter, byte ", position, ": ", what));
}

size_t FilterScanner::position() {
  while (next_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(text_[next_]))) {
    ++next_;
  }
  return next_;
}

bool FilterScanner::AtEnd() { return position() == text_.size(); }

bool FilterScanner::AtChar(char c) { return !AtEnd() && text_[next_] == c; }

bool FilterScanner::TakeChar(char c) {
  if (!AtChar(c)) return false;
  ++next_;
  return true;
}

bool FilterScanner::AtKeyword(absl::string_view keyword) {
  const absl::string_view rest = text_.substr(position());
  return absl::StartsWith(rest, keyword) &&
         (rest.size() == keyword.size() || !IsWordChar(rest[keyword.size()]));
}

bool FilterScanner::TakeKeyword(absl::string_view keyword) {
  if (!AtKeyword(keyword)) return false;
  next_ += keyword.size();
  return true;
}

absl::StatusOr<absl::string_view> FilterScanner::TakeField() {
  const size_t begin = position();
  if (begin == text_.size()) return FilterError(begin, "a field was expected, but the filter ends");
  for (const absl::string_view keyword : kKeywords) {
    if (AtKeyword(keyword)) {
      return FilterError(begin, absl::StrCat("a field was expected, not ", keyword));
    }
  }
  size_t end = begin;
  // A dot belongs to a field's path: "ticket.key" is one unknown field, not "ticket" and a stray
  // dot.
  while (end < text_.size() && (IsWordChar(text_[end]) || text_[end] == '.')) ++end;
  if (end == begin) {
    return FilterError(begin, "a field was expected; write <field> <operator> <value>");
  }
  next_ = end;
  return text_.substr(begin, end - begin);
}

absl::StatusOr<FilterOperator> FilterScanner::TakeOperator() {
  const size_t begin = position();
  for (const auto& [spelling, op] : kOperators) {
    if (absl::StartsWith(text_.substr(begin), spelling)) {
      next_ = begin + spelling.size();
      return op;
    }
  }
  return FilterError(begin, "an operator was expected: one of = != < <= > >= and :");
}

absl::StatusOr<FilterText> FilterScanner::TakeValue() {
  const size_t begin = position();
  if (begin == text_.size()) return FilterError(begin, "a value was expected, but the filter ends");
  const char first = text_[begin];
  return first == '"' || first == '\'' ? TakeQuoted() : TakeBare();
}

absl::StatusOr<FilterText> FilterScanner::TakeQuoted() {
  FilterText value;
  value.position = next_;
  const char quote = text_[next_++];
  const size_t begin = next_;
  for (;; ++next_) {
    if (next_ == text_.size()) return FilterError(value.position, "this quote is never closed");
    char c = text_[next_];
    if (c == quote) break;
    if (c == '*') {
      const bool last = next_ + 1 < text_.size() && text_[next_ + 1] == quote;
      if (next_ != begin && !last) {
        return FilterError(next_,
                           R"(* may stand at either end only; write \* for the sign itself)");
      }
      (next_ == begin ? value.any_prefix : value.any_suffix) = true;
      continue;
    }
    if (c == '\\') {
      ++next_;
      if (next_ == text_.size() || !absl::StrContains("\\\"'*", text_[next_])) {
        return FilterError(next_ - 1, R"(only \\ \" \' and \* may follow a backslash)");
      }
      c = text_[next_];
    }
    value.text.push_back(c);
  }
  ++next_;
  if (next_ < text_.size() &&
      (IsWordChar(text_[next_]) || text_[next_] == '"' || text_[next_] == '\'')) {
    return FilterError(next_, "white space or an operator was expected after the closing quote");
  }
  return value;
}

absl::StatusOr<FilterText> FilterScanner::TakeBare() {
  for (const absl::string_view keyword : kKeywords) {
    if (AtKeyword(keyword)) {
      return FilterError(
          next_, absl::StrCat("a value was expected; put ", keyword, " into quotes if it is one"));
    }
  }
  FilterText value;
  value.position = next_;
  size_t end = next_;
  while (end < text_.size() && !EndsBare(text_[end])) ++end;
  absl::string_view bare = text_.substr(next_, end - next_);
  if (bare.empty()) {
    return FilterError(next_, text_[next_] == '('
                                  ? "a list of values is not supported; repeat the field with OR"
                                  : "a value was expected");
  }
  if (end < text_.size() && absl::StrContains("=<>!,\"'", text_[end])) {
    return FilterError(end, "this sign ends a bare value; put the value into quotes");
  }
  next_ = end;
  if (bare.front() == '*') {
    value.any_prefix = true;
    bare.remove_prefix(1);
  }
  if (!bare.empty() && bare.back() == '*') {
    value.any_suffix = true;
    bare.remove_suffix(1);
  }
  const size_t star = bare.find('*');
  if (star != absl::string_view::npos) {
    return FilterError(value.position + star + (value.any_prefix ? 1 : 0),
                       R"(* may stand at either end only; write "\*" for the sign itself)");
  }
  value.text = std::string(bare);
  return value;
}

}  // namespace clearway
