#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/escalation/policy_loader.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// The costs begin on line 3.
std::string With(const std::string& costs) {
  return absl::StrCat(
      "ladders:\n- {name: all, steps: [{after: 1d, target: PARTY, channel: chat}]}\n", costs);
}

TEST(CostsTest, AreReadInOrder) {
  const absl::StatusOr<EscalationPolicy> policy = ParsePolicy(With(R"(costs:
- {match: [tenant = acme, project = PAY], amount: 1200, currency: EUR}
- {match: [tenant = acme], amount: 300, currency: CNY}
)"),
                                                              "p.yaml");
  ASSERT_THAT(policy, IsOk());
  ASSERT_THAT(policy->costs, SizeIs(2));
  EXPECT_EQ(policy->costs[0].amount, 1200);
  EXPECT_EQ(policy->costs[0].currency, "EUR");
  EXPECT_THAT(policy->costs[0].match, SizeIs(2));
  EXPECT_EQ(policy->costs[1].amount, 300);
}

TEST(CostsTest, NobodyHasToGiveAny) {
  const absl::StatusOr<EscalationPolicy> policy = BuiltInPolicy();
  ASSERT_THAT(policy, IsOk());
  EXPECT_THAT(policy->costs, IsEmpty());
}

struct BadCostCase {
  const char* name;
  const char* costs;
  const char* told;
};

class BadCostTest : public ::testing::TestWithParam<BadCostCase> {};

TEST_P(BadCostTest, IsRefusedWithItsLine) {
  EXPECT_THAT(ParsePolicy(With(GetParam().costs), "p.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(GetParam().told)));
}

constexpr BadCostCase kBadCosts[] = {
    {"NoAmount", "costs:\n- currency: EUR\n", "p.yaml:4: costs[0].amount is 0"},
    {"Negative", "costs:\n- {amount: -5, currency: EUR}\n", "p.yaml:4: costs[0].amount is -5"},
    {"TooMuch", "costs:\n- {amount: 1000000001, currency: EUR}\n", "p.yaml:4: costs[0].amount"},
    {"NoCurrency", "costs:\n- amount: 5\n", "p.yaml:4: costs[0].currency"},
    {"WrongCurrency", "costs:\n- amount: 5\n  currency: euro\n", "p.yaml:5: costs[0].currency"},
    {"BadMatcher", "costs:\n- amount: 5\n  currency: EUR\n  match: [colour = red]\n",
     "p.yaml:6: costs[0].match[0]"},
    {"Impossible", "costs:\n- {amount: 5, currency: EUR, match: [project = A, project = B]}\n",
     "p.yaml:4: costs[0].match can never match"},
    {"Hidden",
     "costs:\n- {amount: 5, currency: EUR}\n- {amount: 6, currency: EUR, match: [project = A]}\n",
     "p.yaml:5: costs[1] is never used"},
};

INSTANTIATE_TEST_SUITE_P(All, BadCostTest, ::testing::ValuesIn(kBadCosts),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace clearway
