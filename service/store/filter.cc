#include "service/store/filter.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/filter_scanner.h"
#include "service/store/filter_values.h"

namespace clearway {
namespace {

constexpr size_t kMaxBytes = 2048;
constexpr int kMaxComparisons = 32;
// Of parentheses: bounds the recursion here and in whoever walks the tree.
constexpr int kMaxDepth = 16;

// Collapses a list of one to the one.
Filter Join(Filter::Kind kind, std::vector<Filter> operands) {
  if (operands.size() == 1) return std::move(operands.front());
  Filter filter;
  filter.kind = kind;
  filter.operands = std::move(operands);
  return filter;
}

Filter Not(Filter operand) {
  Filter filter;
  filter.kind = Filter::Kind::kNot;
  filter.operands.push_back(std::move(operand));
  return filter;
}

// Recursive descent over the grammar of AIP-160, without functions and bare literals:
//   expression = factor { ["AND"] factor }
//   factor     = term { "OR" term }
//   term       = ["NOT" | "-"] ( "(" expression ")" | comparison )
// Its `sequence` (juxtaposition) binds tighter than AND, which makes no difference: both are "and".
class FilterParser {
 public:
  explicit FilterParser(absl::string_view text) : scanner_(text) {}

  absl::StatusOr<Filter> Parse() {
    if (scanner_.AtEnd()) return Filter();
    ASSIGN_OR_RETURN(Filter filter, Expression());
    if (!scanner_.AtEnd()) {
      return FilterError(scanner_.position(), "this parenthesis closes nothing");
    }
    return filter;
  }

 private:
  // Stops before the end or a closing parenthesis.
  absl::StatusOr<Filter> Expression() {
    std::vector<Filter> factors;
    do {
      ASSIGN_OR_RETURN(Filter factor, Factor());
      factors.push_back(std::move(factor));
    } while (scanner_.TakeKeyword("AND") || !AtExpressionEnd());
    return Join(Filter::Kind::kAnd, std::move(factors));
  }

  bool AtExpressionEnd() { return scanner_.AtEnd() || scanner_.AtChar(')'); }

  absl::StatusOr<Filter> Factor() {
    std::vector<Filter> terms;
    do {
      ASSIGN_OR_RETURN(Filter term, Term());
      terms.push_back(std::move(term));
    } while (scanner_.TakeKeyword("OR"));
    return Join(Filter::Kind::kOr, std::move(terms));
  }

  absl::StatusOr<Filter> Term() {
    const bool negated = scanner_.TakeKeyword("NOT") || scanner_.TakeChar('-');
    ASSIGN_OR_RETURN(Filter filter, Simple());
    return negated ? Not(std::move(filter)) : std::move(filter);
  }

  absl::StatusOr<Filter> Simple() {
    const size_t begin = scanner_.position();
    if (!scanner_.TakeChar('(')) return Restriction();
    if (++depth_ > kMaxDepth) {
      return FilterError(begin,
                         absl::StrCat("parentheses are nested more than ", kMaxDepth, " deep"));
    }
    ASSIGN_OR_RETURN(Filter filter, Expression());
    if (!scanner_.TakeChar(')')) return FilterError(begin, "this parenthesis is never closed");
    --depth_;
    return filter;
  }

  absl::StatusOr<Filter> Restriction() {
    const size_t begin = scanner_.position();
    ASSIGN_OR_RETURN(const absl::string_view name, scanner_.TakeField());
    const std::optional<BlockerField> field = BlockerFieldOf(name);
    if (!field.has_value()) {
      return FilterError(begin,
                         absl::StrCat("no field \"", name, "\"; there are ", BlockerFieldNames()));
    }
    if (++comparisons_ > kMaxComparisons) {
      return FilterError(begin, absl::StrCat("more than ", kMaxComparisons, " comparisons"));
    }
    const size_t op_begin = scanner_.position();
    ASSIGN_OR_RETURN(const FilterOperator op, scanner_.TakeOperator());
    if (!TakesOperator(*field, op)) {
      return FilterError(op_begin, absl::StrCat(name, " takes the operators =, != and : only"));
    }
    ASSIGN_OR_RETURN(const FilterText value, scanner_.TakeValue());
    Filter filter;
    filter.kind = Filter::Kind::kComparison;
    ASSIGN_OR_RETURN(filter.comparison, MakeComparison(*field, op, value));
    return filter;
  }

  FilterScanner scanner_;
  int depth_ = 0;
  int comparisons_ = 0;
};

}  // namespace

absl::StatusOr<Filter> ParseFilter(absl::string_view text) {
  if (text.size() > kMaxBytes) {
    return FilterError(kMaxBytes, absl::StrCat("a filter has at most ", kMaxBytes,
                                               " bytes, this one ", text.size()));
  }
  const size_t nul = text.find('\0');
  if (nul != absl::string_view::npos) return FilterError(nul, "a filter cannot hold a zero byte");
  return FilterParser(text).Parse();
}

}  // namespace clearway
