#include "service/store/filter.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"

#include "service/domain/blocker.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kFieldNames[] = {
    "state",     "category",    "reason",       "secondary",        "priority",
    "source",    "ticket",      "project",      "waiting_on",       "language",
    "open_time", "update_time", "resolve_time", "escalation_level", "confidence"};
constexpr const char* kOperatorNames[] = {"=", "!=", "<", "<=", ">", ">=", ":", ":*"};

std::string ValueText(const Comparison& comparison) {
  if (comparison.op == FilterOperator::kPresent) return "";
  if (const auto* text = std::get_if<std::string>(&comparison.value)) {
    return absl::StrCat(comparison.any_prefix ? "*" : "", "'", *text, "'",
                        comparison.any_suffix ? "*" : "");
  }
  if (const auto* number = std::get_if<int64_t>(&comparison.value)) return absl::StrCat(*number);
  if (const auto* real = std::get_if<double>(&comparison.value)) return absl::StrCat(*real);
  return absl::FormatTime(std::get<absl::Time>(comparison.value), absl::UTCTimeZone());
}

// The tree in brackets: "(and state=1 (or a b))".
std::string TreeText(const Filter& filter) {
  const auto join = [&](const char* name) {
    return absl::StrCat("(", name, " ",
                        absl::StrJoin(filter.operands, " ",
                                      [](std::string* out, const Filter& operand) {
                                        out->append(TreeText(operand));
                                      }),
                        ")");
  };
  switch (filter.kind) {
    case Filter::Kind::kAll:
      return "all";
    case Filter::Kind::kComparison:
      return absl::StrCat(kFieldNames[static_cast<int>(filter.comparison.field)],
                          kOperatorNames[static_cast<int>(filter.comparison.op)],
                          ValueText(filter.comparison));
    case Filter::Kind::kAnd:
      return join("and");
    case Filter::Kind::kOr:
      return join("or");
    case Filter::Kind::kNot:
      return join("not");
  }
  return "?";
}

struct GoodCase {
  const char* name;
  const char* text;
  const char* tree;
};

void PrintTo(const GoodCase& row, std::ostream* out) { *out << row.text; }

const GoodCase kGood[] = {
    {"Empty", "", "all"},
    {"WhiteSpace", " \t\n ", "all"},
    {"Comparison", "project = PAY", "project='PAY'"},
    {"NoSpaces", "project=PAY", "project='PAY'"},
    {"And", "project=A AND ticket=B", "(and project='A' ticket='B')"},
    {"Juxtaposition", "project=A ticket=B", "(and project='A' ticket='B')"},
    {"Or", "project=A OR project=B OR project=C", "(or project='A' project='B' project='C')"},
    {"OrBindsTighterThanAnd", "project=A AND ticket=B OR ticket=C",
     "(and project='A' (or ticket='B' ticket='C'))"},
    {"OrBindsTighterThanAndOnTheLeft", "project=A OR ticket=B AND ticket=C",
     "(and (or project='A' ticket='B') ticket='C')"},
    {"OrBindsTighterThanJuxtaposition", "project=A ticket=B OR ticket=C",
     "(and project='A' (or ticket='B' ticket='C'))"},
    {"JuxtapositionAmongAnds", "project=A project=B AND project=C project=D",
     "(and project='A' project='B' project='C' project='D')"},
    {"ParenthesesOverride", "(project=A AND ticket=B) OR ticket=C",
     "(or (and project='A' ticket='B') ticket='C')"},
    {"ParenthesesCollapse", "((project=A))", "project='A'"},
    {"NotBindsTightest", "NOT project=A OR project=B", "(or (not project='A') project='B')"},
    {"Minus", "-project=A ticket=B", "(and (not project='A') ticket='B')"},
    {"NotOfParentheses", "NOT (project=A OR project=B)", "(not (or project='A' project='B'))"},
    {"NotWithoutSpace", "NOT(project=A)", "(not project='A')"},
    {"MinusOfParentheses", "-(project=A)", "(not project='A')"},
    {"KeywordsAreWholeWords", "project=ANDROID AND ticket=ORACLE",
     "(and project='ANDROID' ticket='ORACLE')"},
    {"DoubleQuotes", R"(project = "a b")", "project='a b'"},
    {"SingleQuotes", R"(project = 'a "b"')", "project='a \"b\"'"},
    {"Escapes", R"(project = "a\"b\\c\*d\'")", R"(project='a"b\c*d'')"},
    {"QuotedKeyword", R"(project = "AND")", "project='AND'"},
    {"QuotedOperatorsAndParentheses", R"x(project = "a=(b)")x", "project='a=(b)'"},
    {"EmptyText", R"(waiting_on = "")", "waiting_on=''"},
    {"BareTicketKey", "ticket = octo/repo#7", "ticket='octo/repo#7'"},
    {"Chinese", "waiting_on = 法务", "waiting_on='法务'"},
    {"AnySuffix", "project = PAY*", "project='PAY'*"},
    {"AnyPrefix", "project != *PAY", "project!=*'PAY'"},
    {"AnyEnds", R"(project = "*a b*")", "project=*'a b'*"},
    {"AnythingAtAll", "project = *", "project=*''"},
    {"EscapedStarIsItself", R"(project = "\*x*")", "project='*x'*"},
    {"Contains", "waiting_on:legal", "waiting_on:'legal'"},
    {"ContainsIgnoresItsStars", "waiting_on:*legal*", "waiting_on:'legal'"},
    {"PresentText", "waiting_on:*", "waiting_on:*"},
    {"PresentTime", "resolve_time:*", "resolve_time:*"},
    {"PresentEnum", "secondary:*", "secondary:*"},
    {"QuotedPresence", R"(resolve_time : "*")", "resolve_time:*"},
    {"EnumName", "state = OPEN", "state=1"},
    {"EnumNameWithPrefix", "state = BLOCKER_STATE_RESOLVED", "state=4"},
    {"EnumNameQuoted", R"(category = "CROSS_TEAM")", "category=5"},
    {"CategoryWithPrefix", "category != CATEGORY_CROSS_TEAM", "category!=5"},
    {"Reason", "reason = VENDOR_OR_PARTNER", "reason=24"},
    {"ReasonWithPrefix", "reason = REASON_DEFECT", "reason=1"},
    {"Priority", "priority = HIGHEST", "priority=5"},
    {"PriorityWithPrefix", "priority = PRIORITY_LOWEST", "priority=1"},
    {"Unspecified", "secondary = UNSPECIFIED", "secondary=0"},
    {"UnspecifiedWithPrefix", "reason = REASON_UNSPECIFIED", "reason=0"},
    {"EnumHasIsEquality", "state:OPEN", "state=1"},
    {"TimeQuoted", R"(open_time < "2026-01-31T00:00:00Z")", "open_time<2026-01-31T00:00:00+00:00"},
    {"TimeBare", "open_time >= 2026-01-31T00:00:00Z", "open_time>=2026-01-31T00:00:00+00:00"},
    {"TimeWithOffset", "update_time > 2026-01-31T08:00:00+08:00",
     "update_time>2026-01-31T00:00:00+00:00"},
    {"TimeIsCutToMicroseconds", "open_time = 2026-01-31T00:00:00.123456789Z",
     "open_time=2026-01-31T00:00:00.123456+00:00"},
    {"Integer", "escalation_level >= 2", "escalation_level>=2"},
    {"Number", "confidence < 0.75", "confidence<0.75"},
    {"NegativeNumber", "confidence > -1", "confidence>-1"},
    {"Documented",
     R"(state = OPEN AND category = CROSS_TEAM AND open_time < "2026-01-31T00:00:00Z")",
     "(and state=1 category=5 open_time<2026-01-31T00:00:00+00:00)"},
};

class GoodFilterTest : public ::testing::TestWithParam<GoodCase> {};

TEST_P(GoodFilterTest, IsReadAsMeant) {
  const absl::StatusOr<Filter> filter = ParseFilter(GetParam().text);
  ASSERT_THAT(filter, IsOk());
  EXPECT_EQ(TreeText(*filter), GetParam().tree);
}

INSTANTIATE_TEST_SUITE_P(All, GoodFilterTest, ::testing::ValuesIn(kGood),
                         [](const auto& row) { return std::string(row.param.name); });

struct BadCase {
  const char* name;
  const char* text;
  // Where the fault is, and a word of what it is.
  int byte;
  const char* word;
};

void PrintTo(const BadCase& row, std::ostream* out) { *out << row.text; }

const BadCase kBad[] = {
    {"UnknownField", "project=A AND color=RED", 14, "color"},
    {"DottedField", "ticket.key=A", 0, "ticket.key"},
    {"BareLiteral", "legal", 0, "legal"},
    {"FieldAlone", "project", 7, "operator"},
    {"NoValue", "project =", 9, "value"},
    {"NoValueBeforeAnd", "project = AND ticket = A", 10, "AND"},
    {"NoField", "= A", 0, "field"},
    {"LeadingAnd", "AND project=A", 0, "AND"},
    {"TrailingAnd", "project=A AND", 13, "ends"},
    {"TrailingOr", "project=A OR ", 13, "ends"},
    {"DoubleAnd", "project=A AND AND ticket=B", 14, "AND"},
    {"NotAlone", "NOT", 3, "ends"},
    {"DoubleNot", "NOT NOT project=A", 4, "NOT"},
    {"MinusAlone", "-", 1, "ends"},
    {"LowerCaseAnd", "project=A and ticket=B", 10, "and"},
    {"NeverClosed", "(project=A", 0, "closed"},
    {"NeverOpened", "project=A)", 9, "closes nothing"},
    {"EmptyParentheses", "()", 1, "field"},
    {"CrossedParentheses", "(project=A))(", 11, "closes nothing"},
    {"ListOfValues", "state = (OPEN OR RESOLVED)", 8, "OR"},
    {"Comma", "project=A, ticket=B", 9, "quotes"},
    {"DoubleEquals", "project==A", 8, "value"},
    {"ChainedComparison", "project=A=B", 9, "quotes"},
    {"WrongOperator", "project ~ A", 8, "operator"},
    {"OpenQuote", R"(project = "A)", 10, "quote"},
    {"OpenQuoteAfterEscape", R"(project = "A\")", 10, "quote"},
    {"BackslashAtTheEnd", "project = \"A\\", 12, "backslash"},
    {"UnknownEscape", R"(project = "A\n")", 12, "backslash"},
    {"TextAfterQuote", R"(project = "A"B)", 13, "closing quote"},
    {"StarInside", "project = A*B", 11, "either end"},
    {"StarInsideQuotes", R"(project = "A*B")", 12, "either end"},
    {"OrderOfTexts", "project < A", 8, "operators"},
    {"OrderOfEnums", "priority >= HIGH", 9, "operators"},
    {"UnknownState", "state = STUCK", 8, "ACKNOWLEDGED"},
    {"LowerCaseState", "state = open", 8, "OPEN"},
    {"EmptyEnum", R"(state = "")", 8, "OPEN"},
    {"PrefixAlone", "state = BLOCKER_STATE_", 8, "OPEN"},
    {"AnothersPrefix", "category = REASON_DEFECT", 11, "CROSS_TEAM"},
    {"UnknownReason", "reason = LAZINESS", 9, "DEFECT"},
    {"EnumWithStar", "state = OP*", 8, "*"},
    {"EnumStarForEquality", "state = *", 8, "*"},
    {"NoTime", "open_time > yesterday", 12, "open_time"},
    {"DateAlone", "open_time > 2026-01-31", 12, "open_time"},
    {"TimeWithoutZone", "open_time > 2026-01-31T00:00:00", 12, "open_time"},
    {"NoSuchDay", "open_time > 2026-02-30T00:00:00Z", 12, "open_time"},
    {"InfiniteTime", "open_time > infinite-past", 12, "open_time"},
    {"NoInteger", "escalation_level = 1.5", 19, "whole"},
    {"IntegerTooLarge", "escalation_level = 99999999999999999999", 19, "whole"},
    {"NoNumber", "confidence > much", 13, "number"},
    {"NotANumber", "confidence > nan", 13, "number"},
    {"InfiniteNumber", "confidence < inf", 13, "number"},
    {"EmptyNumber", R"(confidence < "")", 13, "number"},
};

class BadFilterTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadFilterTest, IsRefusedWithItsPlace) {
  EXPECT_THAT(ParseFilter(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(HasSubstr(absl::StrCat("byte ", GetParam().byte, ":")),
                                        HasSubstr(GetParam().word))));
}

INSTANTIATE_TEST_SUITE_P(All, BadFilterTest, ::testing::ValuesIn(kBad),
                         [](const auto& row) { return std::string(row.param.name); });

std::string Repeated(const std::string& part, int count, const std::string& separator) {
  return absl::StrJoin(std::vector<std::string>(static_cast<size_t>(count), part), separator);
}

TEST(FilterLimitsTest, ThirtyTwoComparisonsAreTheMost) {
  EXPECT_THAT(ParseFilter(Repeated("project=A", 32, " OR ")), IsOk());
  EXPECT_THAT(ParseFilter(Repeated("project=A", 33, " OR ")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("32")));
}

TEST(FilterLimitsTest, TwoThousandAndFortyEightBytesAreTheMost) {
  const std::string start = "project = ";
  EXPECT_THAT(ParseFilter(start + std::string(2048 - start.size(), 'a')), IsOk());
  EXPECT_THAT(ParseFilter(start + std::string(2049 - start.size(), 'a')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2048")));
}

TEST(FilterLimitsTest, ParenthesesAreBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "project=A" + std::string(depth, ')');
  };
  EXPECT_THAT(ParseFilter(nested(16)), IsOk());
  EXPECT_THAT(ParseFilter(nested(17)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deep")));
  EXPECT_THAT(ParseFilter(std::string(2000, '(')), StatusIs(absl::StatusCode::kInvalidArgument));
  // Side by side they do not add up.
  EXPECT_THAT(ParseFilter(Repeated("(project=A)", 20, " ")), IsOk());
}

TEST(FilterLimitsTest, AZeroByteIsRefused) {
  EXPECT_THAT(ParseFilter(absl::string_view("project=\"a\0b\"", 13)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("byte 10")));
}

// No prefix of a good filter, and no good filter with a byte changed, may do worse than be refused.
TEST(FilterLimitsTest, DamagedFiltersAreReadOrRefused) {
  for (const GoodCase& row : kGood) {
    const std::string text = row.text;
    for (size_t i = 0; i < text.size(); ++i) {
      for (const char c : std::string("()\"'\\*=<>!:-, A\x80")) {
        std::string damaged = text;
        damaged[i] = c;
        const absl::StatusOr<Filter> filter = ParseFilter(damaged);
        if (!filter.ok()) {
          EXPECT_THAT(filter, StatusIs(absl::StatusCode::kInvalidArgument)) << damaged;
        }
      }
      ParseFilter(text.substr(0, i)).IgnoreError();
    }
  }
}

}  // namespace
}  // namespace clearway::testing
