// The policy and the playbooks that are linked in: complete, and fit to be shown to people.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/escalation/planner.h"
#include "service/escalation/policy_loader.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A mail or chat card takes this much with room to spare.
constexpr size_t kMaxMessage = 2000;

bool HasChinese(const std::string& text) {
  // Lead bytes of U+4E00 to U+9FFF.
  return text.find_first_of("\xE4\xE5\xE6\xE7\xE8\xE9") != std::string::npos;
}

class BuiltInTest : public ::testing::Test {
 protected:
  BuiltInTest() {
    absl::StatusOr<EscalationPolicy> policy = BuiltInPolicy();
    absl::StatusOr<Playbooks> playbooks = BuiltInPlaybooks();
    EXPECT_THAT(policy, IsOk());
    EXPECT_THAT(playbooks, IsOk());
    if (policy.ok()) policy_ = *std::move(policy);
    if (playbooks.ok()) playbooks_ = *std::move(playbooks);
  }

  Blocker SomeBlocker(Reason reason, const std::string& language, Priority priority) const {
    Blocker blocker;
    blocker.ticket = {"acme", "jira", "PAY-7"};
    blocker.title = "Some title";
    blocker.project = "Pay";
    blocker.category = CategoryOf(reason);
    blocker.reason = reason;
    blocker.language = language;
    blocker.priority = priority;
    blocker.open_time = blocker.spell_time = absl::FromUnixSeconds(1'770'000'000);
    return blocker;
  }

  std::vector<Escalation> Plan(const Blocker& blocker) const {
    return Planner(policy_, playbooks_)
        .Plan(blocker, Ticket(), {}, blocker.spell_time + absl::Hours(72));
  }

  EscalationPolicy policy_;
  Playbooks playbooks_;
};

struct Combination {
  Reason reason;
  std::string language;
  Priority priority;
};

std::vector<Combination> AllCombinations() {
  std::vector<Combination> all;
  for (int i = 1; i < kReasonCount; ++i) {
    for (const std::string language : {"en", "zh"}) {
      for (int p = 0; p < kPriorityCount; ++p) {
        all.push_back({static_cast<Reason>(i), language, static_cast<Priority>(p)});
      }
    }
  }
  return all;
}

TEST_F(BuiltInTest, EveryReasonHasAPlaybookInEveryLanguage) {
  for (const std::string language : {"en", "zh"}) {
    for (int i = 1; i < kReasonCount; ++i) {
      const Reason reason = static_cast<Reason>(i);
      ASSERT_TRUE(playbooks_.by_reason.contains({reason, language})) << ReasonName(reason);
      const Playbook& playbook = playbooks_.by_reason.at({reason, language});
      EXPECT_GE(playbook.steps.size(), 2u) << ReasonName(reason);
      for (const std::string* text :
           {&playbook.default_party, &playbook.nudge, &playbook.escalation, &playbook.rationale,
            &playbook.next_step, &playbook.fallback}) {
        EXPECT_FALSE(text->empty()) << ReasonName(reason) << " " << language;
      }
    }
    const RoleNames& roles = playbooks_.roles.at(language);
    for (const std::string* text :
         {&roles.team_lead, &roles.manager, &roles.sponsor, &roles.party_lead}) {
      EXPECT_FALSE(text->empty()) << language;
    }
    const SharedTexts& shared = playbooks_.shared.at(language);
    for (const std::string* text :
         {&shared.hello_name, &shared.hello, &shared.effect, &shared.situation, &shared.next_rung,
          &shared.group_opening, &shared.group_item, &shared.group_more, &shared.group_closing}) {
      EXPECT_FALSE(text->empty()) << language;
    }
  }
}

TEST_F(BuiltInTest, EveryBlockerHasALadder) {
  for (const auto& [reason, language, priority] : AllCombinations()) {
    EXPECT_THAT(Plan(SomeBlocker(reason, language, priority)), Not(IsEmpty()))
        << ReasonName(reason) << " " << language << " " << static_cast<int>(priority);
  }
}

TEST_F(BuiltInTest, NobodyIsAskedTwiceByOneLadder) {
  for (const Ladder& ladder : policy_.ladders) {
    std::set<EscalationTarget> targets;
    for (const LadderStep& step : ladder.steps) {
      EXPECT_TRUE(targets.insert(step.target).second) << ladder.name;
    }
  }
}

TEST_F(BuiltInTest, UrgentLaddersAreNotSlower) {
  for (int i = 1; i < kReasonCount; ++i) {
    const Reason reason = static_cast<Reason>(i);
    const auto first_due = [&](Priority priority) {
      return Plan(SomeBlocker(reason, "en", priority)).front().due_time;
    };
    EXPECT_LT(first_due(Priority::kHigh), first_due(Priority::kMedium)) << ReasonName(reason);
    EXPECT_LE(first_due(Priority::kMedium), first_due(Priority::kLow)) << ReasonName(reason);
  }
}

TEST_F(BuiltInTest, TechnicalBlockersReachManagersLaterThanOthers) {
  const std::string manager = playbooks_.roles.at("en").manager;
  const auto manager_due = [&](Reason reason) {
    for (const Escalation& step : Plan(SomeBlocker(reason, "en", Priority::kMedium))) {
      if (step.target == manager) return step.due_time;
    }
    return absl::InfiniteFuture();
  };
  EXPECT_GT(manager_due(Reason::kDefect), manager_due(Reason::kTeamDependency));
}

TEST_F(BuiltInTest, MatterForTheTopStartsWithManagers) {
  for (const Reason reason :
       {Reason::kSponsorMissing, Reason::kValueNotVisible, Reason::kBuyInMissing}) {
    for (const Priority priority : {Priority::kUnspecified, Priority::kHighest, Priority::kLow}) {
      const std::vector<Escalation> plan = Plan(SomeBlocker(reason, "en", priority));
      ASSERT_THAT(plan, Not(IsEmpty()));
      EXPECT_EQ(plan.front().target, playbooks_.roles.at("en").manager);
      EXPECT_EQ(plan.back().target, playbooks_.roles.at("en").sponsor);
    }
  }
}

TEST_F(BuiltInTest, EveryTextIsRenderedWhole) {
  for (const auto& [reason, language, priority] : AllCombinations()) {
    for (const Escalation& step : Plan(SomeBlocker(reason, language, priority))) {
      std::vector<std::string> texts = step.steps;
      texts.insert(texts.end(), {step.draft_message, step.rationale, step.target, step.next_step,
                                 step.fallback});
      for (const std::string& text : texts) {
        EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
        EXPECT_FALSE(text.empty());
        // Neither a mention nor a name for lack of one.
        EXPECT_EQ(text.find('@'), std::string::npos) << text;
      }
      EXPECT_LE(step.draft_message.size(), kMaxMessage) << step.draft_message;
    }
  }
}

TEST_F(BuiltInTest, TextsAreInTheTicketsLanguage) {
  for (const auto& [reason, language, priority] : AllCombinations()) {
    for (const Escalation& step : Plan(SomeBlocker(reason, language, priority))) {
      std::vector<std::string> texts = step.steps;
      texts.insert(texts.end(), {step.draft_message, step.rationale, step.target, step.next_step,
                                 step.fallback});
      for (const std::string& text : texts) EXPECT_EQ(HasChinese(text), language == "zh") << text;
    }
  }
}

TEST_F(BuiltInTest, EveryMessageSaysWhichTicketAndHowLong) {
  for (int i = 1; i < kReasonCount; ++i) {
    for (const std::string language : {"en", "zh"}) {
      const Playbook& playbook = playbooks_.by_reason.at({static_cast<Reason>(i), language});
      for (const std::string& message : {playbook.nudge, playbook.escalation}) {
        for (const char* fact : {"{hello}", "{ticket}", "{title}", "{since}", "{age}", "{by}"}) {
          EXPECT_THAT(message, HasSubstr(fact));
        }
      }
      EXPECT_THAT(playbook.escalation, HasSubstr("{situation}"));
      EXPECT_THAT(playbook.fallback, HasSubstr("{by}"));
      // One sentence.
      EXPECT_EQ(playbook.next_step.find('\n'), std::string::npos);
      EXPECT_NE(playbook.nudge, playbook.escalation);
    }
  }
}

TEST_F(BuiltInTest, NoTwoReasonsShareATextOrAStep) {
  std::set<std::string> texts;
  for (const auto& [key, playbook] : playbooks_.by_reason) {
    std::vector<std::string> all = playbook.steps;
    all.insert(all.end(), {playbook.nudge, playbook.escalation, playbook.rationale,
                           playbook.next_step, playbook.fallback});
    for (const std::string& text : all) EXPECT_TRUE(texts.insert(text).second) << text;
  }
}

// In English the party may be one word or several, one or many: it cannot carry a verb or a
// capital.
TEST_F(BuiltInTest, EnglishSentencesDoNotBeginWithTheParty) {
  for (int i = 1; i < kReasonCount; ++i) {
    const Playbook& playbook = playbooks_.by_reason.at({static_cast<Reason>(i), "en"});
    std::vector<std::string> all = playbook.steps;
    all.insert(all.end(), {playbook.nudge, playbook.escalation, playbook.rationale,
                           playbook.next_step, playbook.fallback});
    for (const std::string& text : all) {
      EXPECT_NE(text.rfind("{party}", 0), 0u) << text;
      for (const char* start : {". {party}", "? {party}", "\n{party}"}) {
        EXPECT_THAT(text, Not(HasSubstr(start)));
      }
    }
  }
}

}  // namespace
}  // namespace clearway
