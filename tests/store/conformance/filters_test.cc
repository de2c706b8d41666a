#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

// The meaning of a filter, spelled out over one blocker: what every back end's query must agree
// with.
class Meaning {
 public:
  explicit Meaning(const Blocker& blocker) : blocker_(blocker) {}

  bool Matches(const Filter& filter) const {
    const auto matches = [this](const Filter& operand) { return Matches(operand); };
    switch (filter.kind) {
      case Filter::Kind::kAll:
        return true;
      case Filter::Kind::kComparison:
        return Holds(filter.comparison);
      case Filter::Kind::kAnd:
        return std::all_of(filter.operands.begin(), filter.operands.end(), matches);
      case Filter::Kind::kOr:
        return std::any_of(filter.operands.begin(), filter.operands.end(), matches);
      case Filter::Kind::kNot:
        return !Matches(filter.operands.front());
    }
    return false;
  }

 private:
  using Value = std::variant<std::monostate, std::string, int64_t, double, absl::Time>;

  template <typename Enum>
  static Value Number(Enum value) {
    return static_cast<int64_t>(value);
  }

  Value ValueOf(BlockerField field) const {
    const Blocker& b = blocker_;
    switch (field) {
      case BlockerField::kState:
        return Number(b.state);
      case BlockerField::kCategory:
        return Number(b.category);
      case BlockerField::kReason:
        return Number(b.reason);
      case BlockerField::kSecondary:
        return Number(b.secondary);
      case BlockerField::kPriority:
        return Number(b.priority);
      case BlockerField::kSource:
        return b.ticket.source;
      case BlockerField::kTicket:
        return b.ticket.key;
      case BlockerField::kProject:
        return b.project;
      case BlockerField::kWaitingOn:
        return b.waiting_on;
      case BlockerField::kLanguage:
        return b.language;
      case BlockerField::kOpenTime:
        return b.open_time;
      case BlockerField::kUpdateTime:
        return b.update_time;
      case BlockerField::kResolveTime:
        return b.resolve_time.has_value() ? Value(*b.resolve_time) : Value();
      case BlockerField::kEscalationLevel:
        return Number(b.escalation_level);
      case BlockerField::kConfidence:
        return b.confidence;
    }
    return {};
  }

  template <typename T>
  static bool Compare(const T& held, FilterOperator op, const T& wanted) {
    switch (op) {
      case FilterOperator::kEqual:
        return held == wanted;
      case FilterOperator::kNotEqual:
        return held != wanted;
      case FilterOperator::kLess:
        return held < wanted;
      case FilterOperator::kLessEqual:
        return held <= wanted;
      case FilterOperator::kGreater:
        return held > wanted;
      case FilterOperator::kGreaterEqual:
        return held >= wanted;
      default:
        return false;
    }
  }

  static bool IsSet(const Value& held) {
    if (const auto* text = std::get_if<std::string>(&held)) return !text->empty();
    if (const auto* number = std::get_if<int64_t>(&held)) return *number != 0;
    if (const auto* real = std::get_if<double>(&held)) return *real != 0;
    return std::holds_alternative<absl::Time>(held);
  }

  static bool TextHolds(const std::string& held, const Comparison& comparison) {
    const std::string& wanted = std::get<std::string>(comparison.value);
    if (comparison.op == FilterOperator::kHas) return absl::StrContains(held, wanted);
    bool equal = held == wanted;
    if (comparison.any_prefix && comparison.any_suffix) {
      equal = absl::StrContains(held, wanted);
    } else if (comparison.any_prefix) {
      equal = absl::EndsWith(held, wanted);
    } else if (comparison.any_suffix) {
      equal = absl::StartsWith(held, wanted);
    }
    return equal == (comparison.op == FilterOperator::kEqual);
  }

  bool Holds(const Comparison& comparison) const {
    const Value held = ValueOf(comparison.field);
    if (comparison.op == FilterOperator::kPresent) return IsSet(held);
    if (const auto* text = std::get_if<std::string>(&held)) return TextHolds(*text, comparison);
    if (const auto* number = std::get_if<int64_t>(&held)) {
      return Compare(*number, comparison.op, std::get<int64_t>(comparison.value));
    }
    if (const auto* real = std::get_if<double>(&held)) {
      return Compare(*real, comparison.op, std::get<double>(comparison.value));
    }
    if (const auto* time = std::get_if<absl::Time>(&held)) {
      return Compare(*time, comparison.op, std::get<absl::Time>(comparison.value));
    }
    return false;
  }

  const Blocker& blocker_;
};

// Writes filters and blockers over a few values each, so that many match.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Blocker MakeBlocker() {
    Blocker blocker = OpenBlocker(
        {kTenant, Pick({"jira", "github"}), Pick({"PAY-1", "PAY-12", "pay-1"})}, At(Below(3)));
    blocker.state = static_cast<BlockerState>(1 + Below(4));
    if (blocker.state == BlockerState::kResolved) blocker.resolve_time = At(Below(3));
    blocker.category = static_cast<Category>(2 + Below(4));
    blocker.reason = static_cast<Reason>(Below(3));
    blocker.secondary = static_cast<Category>(Below(3));
    blocker.priority = static_cast<Priority>(Below(kPriorityCount));
    blocker.project = Pick({"", "PAY", "PAYROLL", "网站"});
    blocker.waiting_on = Pick({"", "legal", "the legal team", "法务", "50%_*"});
    blocker.language = Pick({"en", "zh", "und"});
    blocker.update_time = At(Below(3));
    blocker.escalation_level = Below(3);
    blocker.confidence = Below(3) / 2.0;
    return blocker;
  }

  std::string MakeFilter(int depth) {
    const int kind = depth == 0 ? 0 : Below(6);
    if (kind <= 1) return MakeComparison();
    if (kind == 2) return absl::StrCat("NOT (", MakeFilter(depth - 1), ")");
    std::string joined = absl::StrCat("(", MakeFilter(depth - 1), ")");
    const int more = 1 + Below(2);
    for (int i = 0; i < more; ++i) {
      absl::StrAppend(&joined,
                      kind == 3   ? " "
                      : kind == 4 ? " AND "
                                  : " OR ",
                      "(", MakeFilter(depth - 1), ")");
    }
    return joined;
  }

 private:
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  std::string Pick(std::vector<std::string> values) {
    return values[static_cast<size_t>(Below(static_cast<int>(values.size())))];
  }

  std::string MakeComparison() {
    const std::string equality = Pick({" = ", " != "});
    const std::string order = Pick({" = ", " != ", " < ", " <= ", " > ", " >= "});
    switch (Below(7)) {
      case 0:
        return "state" + equality + Pick({"OPEN", "ACKNOWLEDGED", "ESCALATED", "RESOLVED"});
      case 1:
        return Pick({"category", "secondary"}) + equality + Pick({"TECHNICAL", "COMMUNICATION"});
      case 2:
        return "priority" + equality + Pick({"UNSPECIFIED", "HIGH", "LOW"});
      case 3:
        return Pick({"source", "ticket", "project", "waiting_on", "language"}) +
               Pick({" = ", " != ", ":"}) +
               Pick({"jira", "PAY*", "*-1", "*AY*", "\"\"", "legal", "\"*legal*\"", "法务", "*站",
                     "\"50%_\\*\"", "PAY-1", "en", "\"*\""});
      case 4:
        return Pick({"open_time", "update_time", "resolve_time"}) + order + "\"" +
               absl::FormatTime(At(Below(3)), absl::UTCTimeZone()) + "\"";
      case 5:
        return Pick({"escalation_level", "confidence"}) + order + Pick({"0", "1", "2"});
      default:
        return Pick({"resolve_time", "project", "secondary", "priority", "escalation_level",
                     "confidence", "open_time"}) +
               ":*";
    }
  }

  std::mt19937 random_;
};

class StoreFiltersTest : public StoreConformanceTest {};

TEST_P(StoreFiltersTest, QueriesMeanWhatTheFilterSays) {
  Generator generator(20260131);
  std::vector<Blocker> blockers;
  for (int i = 0; i < 60; ++i) {
    blockers.insert(blockers.begin(), generator.MakeBlocker());
    blockers.front().id = Put(blockers.front());
  }
  int matched = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string text = generator.MakeFilter(i % 4);
    const absl::StatusOr<Filter> filter = ParseFilter(text);
    if (!filter.ok()) {
      // Only for having too many comparisons.
      ASSERT_THAT(std::string(filter.status().message()), ::testing::HasSubstr("comparisons"));
      continue;
    }
    std::vector<int64_t> expected;
    for (const Blocker& blocker : blockers) {
      if (Meaning(blocker).Matches(*filter)) expected.push_back(blocker.id);
    }
    matched += expected.empty() ? 0 : 1;
    EXPECT_EQ(List(text, {100, std::nullopt}), expected) << text;
  }
  EXPECT_GT(matched, 200) << "the generator has become too picky to test anything";
}

TEST_P(StoreFiltersTest, AnUnsetTimeMatchesNoComparisonButTheirNegations) {
  const int64_t lasting = Put(OpenBlocker(Key("A")));
  const int64_t ended = Put(Resolved(OpenBlocker(Key("B")), At(10)));
  const std::string at_20 = absl::FormatTime(At(20), absl::UTCTimeZone());
  EXPECT_THAT(List("resolve_time != \"" + at_20 + "\""), ::testing::ElementsAre(ended));
  EXPECT_THAT(List("resolve_time < \"" + at_20 + "\""), ::testing::ElementsAre(ended));
  EXPECT_THAT(List("NOT resolve_time < \"" + at_20 + "\""), ::testing::ElementsAre(lasting));
  EXPECT_THAT(List("resolve_time:*"), ::testing::ElementsAre(ended));
  EXPECT_THAT(List("-resolve_time:*"), ::testing::ElementsAre(lasting));
}

TEST_P(StoreFiltersTest, ValuesAreNeverReadAsSql) {
  Blocker blocker = OpenBlocker(Key());
  blocker.waiting_on = "x' OR '1'='1";
  const int64_t id = Put(blocker);
  blocker.waiting_on = "innocent";
  Put(blocker);
  EXPECT_THAT(List(R"(waiting_on = "x' OR '1'='1")"), ::testing::ElementsAre(id));
  EXPECT_THAT(List(R"(waiting_on = "'); DROP TABLE blockers; --")"), ::testing::IsEmpty());
  EXPECT_THAT(List(R"(waiting_on = "in_ocent" OR waiting_on:"%")"), ::testing::IsEmpty());
  EXPECT_THAT(List(""), ::testing::SizeIs(2));
}

CLEARWAY_ALL_BACKENDS(StoreFiltersTest);

}  // namespace
}  // namespace clearway::testing
