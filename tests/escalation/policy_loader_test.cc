#include "service/escalation/policy_loader.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kGood[] = R"(ladders:
  - name: urgent
    priorities: [HIGH, UNSPECIFIED]
    categories: [CROSS_TEAM, RESOURCE]
    reasons: [STAFFING]
    steps:
      - {after: 90m, target: PARTY, channel: ticket}
      - {after: 2d, target: SPONSOR, channel: meeting}
  - name: rest
    steps:
      - {after: 0s, target: TEAM_LEAD, channel: chat}
)";

TEST(PolicyLoaderTest, ReadsLadders) {
  const absl::StatusOr<EscalationPolicy> policy = ParsePolicy(kGood, "policy.yaml");
  ASSERT_THAT(policy, IsOk());
  ASSERT_THAT(policy->ladders, SizeIs(2));
  const Ladder& urgent = policy->ladders[0];
  EXPECT_EQ(urgent.name, "urgent");
  EXPECT_THAT(urgent.priorities, ElementsAre(Priority::kUnspecified, Priority::kHigh));
  EXPECT_THAT(urgent.categories, ElementsAre(Category::kResource, Category::kCrossTeam));
  EXPECT_THAT(urgent.reasons, ElementsAre(Reason::kStaffing));
  ASSERT_THAT(urgent.steps, SizeIs(2));
  EXPECT_EQ(urgent.steps[0].after, absl::Minutes(90));
  EXPECT_EQ(urgent.steps[0].target, EscalationTarget::kParty);
  EXPECT_EQ(urgent.steps[0].channel, "ticket");
  EXPECT_EQ(urgent.steps[1].after, absl::Hours(48));
  EXPECT_EQ(urgent.steps[1].target, EscalationTarget::kSponsor);
  const Ladder& rest = policy->ladders[1];
  EXPECT_THAT(rest.priorities, IsEmpty());
  EXPECT_THAT(rest.categories, IsEmpty());
  EXPECT_THAT(rest.reasons, IsEmpty());
  EXPECT_EQ(rest.steps[0].after, absl::ZeroDuration());
}

TEST(PolicyLoaderTest, ReadsFiles) {
  const std::string path = ::testing::TempDir() + "policy_loader_test.yaml";
  std::ofstream(path) << kGood;
  const absl::StatusOr<EscalationPolicy> policy = LoadPolicy(path);
  ASSERT_THAT(policy, IsOk());
  EXPECT_THAT(policy->ladders, SizeIs(2));
  EXPECT_THAT(LoadPolicy(path + ".none"), StatusIs(absl::StatusCode::kNotFound));
}

struct BadPolicyCase {
  const char* name;
  const char* yaml;
  const char* at;
  const char* what;
};

class BadPolicyTest : public ::testing::TestWithParam<BadPolicyCase> {};

TEST_P(BadPolicyTest, IsRefusedWithPlaceAndReason) {
  EXPECT_THAT(ParsePolicy(GetParam().yaml, "p.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith(GetParam().at), HasSubstr(GetParam().what))));
}

constexpr BadPolicyCase kBadPolicies[] = {
    {"Empty", "", "p.yaml:1:", "ladders"},
    {"NoLadders", "ladders: []\n", "p.yaml:1:", "ladders"},
    {"NotYaml", "ladders: [\n", "p.yaml:", "YAML"},
    {"UnknownKey", "ladders:\n  - name: a\n    colour: red\n", "p.yaml:3:", "colour"},
    {"NoName", "ladders:\n  - steps: [{after: 1h, target: PARTY, channel: chat}]\n",
     "p.yaml:2:", "ladders[0].name"},
    {"BadName", "ladders:\n  - name: My Ladder\n", "p.yaml:2:", "My Ladder"},
    {"SameName",
     "ladders:\n  - name: a\n    priorities: [LOW]\n    steps: [{after: 1h, target: PARTY, "
     "channel: "
     "chat}]\n  - name: a\n    steps: [{after: 1h, target: PARTY, channel: chat}]\n",
     "p.yaml:5:", "ladders[1].name"},
    {"NoSteps", "ladders:\n  - name: a\n    priorities: [LOW]\n", "p.yaml:2:", "ladders[0].steps"},
    {"UnknownPriority", "ladders:\n  - name: a\n    priorities:\n      - LOW\n      - URGENT\n",
     "p.yaml:5:", "ladders[0].priorities[1]"},
    {"UnknownCategory", "ladders:\n  - name: a\n    categories: [CROSSTEAM]\n",
     "p.yaml:3:", "CROSSTEAM"},
    {"CategoryThatBlocksNothing", "ladders:\n  - name: a\n    categories: [NOT_BLOCKED]\n",
     "p.yaml:3:", "NOT_BLOCKED"},
    {"UnknownReason", "ladders:\n  - name: a\n    reasons: [BUGDET]\n", "p.yaml:3:", "BUGDET"},
    {"EmptyReason", "ladders:\n  - name: a\n    reasons: [\"\"]\n",
     "p.yaml:3:", "ladders[0].reasons[0]"},
    {"RepeatedReason", "ladders:\n  - name: a\n    reasons: [STAFFING, STAFFING]\n",
     "p.yaml:3:", "twice"},
    {"ReasonOfAnotherCategory",
     "ladders:\n  - name: a\n    categories: [TECHNICAL]\n    reasons: [STAFFING]\n",
     "p.yaml:4:", "RESOURCE"},
    {"NoTime", "ladders:\n  - name: a\n    steps:\n      - {target: PARTY, channel: chat}\n",
     "p.yaml:4:", "steps[0].after"},
    {"BadTime", "ladders:\n  - name: a\n    steps:\n      - {after: soon}\n", "p.yaml:4:", "soon"},
    {"TimeBeyondAYear",
     "ladders:\n  - name: a\n    steps:\n      - {after: 60w, target: PARTY, channel: chat}\n",
     "p.yaml:4:", "steps[0].after"},
    {"NoTarget", "ladders:\n  - name: a\n    steps:\n      - {after: 1h, channel: chat}\n",
     "p.yaml:4:", "steps[0].target"},
    {"UnknownTarget", "ladders:\n  - name: a\n    steps:\n      - {after: 1h, target: BOSS}\n",
     "p.yaml:4:", "SPONSOR"},
    {"UnknownChannel",
     "ladders:\n  - name: a\n    steps:\n      - {after: 1h, target: PARTY, channel: fax}\n",
     "p.yaml:4:", "fax"},
    {"StepNotLater",
     "ladders:\n  - name: a\n    steps:\n      - {after: 1h, target: PARTY, channel: chat}\n      "
     "- "
     "{after: 60m, target: MANAGER, channel: chat}\n",
     "p.yaml:5:", "steps[1].after"},
    {"UnreachableLadder",
     "ladders:\n  - name: a\n    steps: [{after: 1h, target: PARTY, channel: chat}]\n  - name: b\n",
     "p.yaml:4:", "ladders[1]"},
};

INSTANTIATE_TEST_SUITE_P(All, BadPolicyTest, ::testing::ValuesIn(kBadPolicies),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace clearway
