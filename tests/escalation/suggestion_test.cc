// What a suggestion says, with the built-in texts: the facts that are known, no holes for those
// that are not, in the right language, and no name that nobody gave.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"

#include "service/escalation/directory_loader.h"
#include "service/escalation/planner.h"
#include "service/escalation/policy_loader.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kPolicy[] = R"(
calendars:
  - name: berlin
    time_zone: Europe/Berlin
    week: [{days: [MON, TUE, WED, THU, FRI], hours: ["09:00-17:00"]}]
ladders:
  - name: all
    steps:
      - {after: 1d, target: PARTY, channel: ticket}
      - {after: 3d, target: TEAM_LEAD, channel: chat}
      - {after: 6d, target: MANAGER, channel: mail}
      - {after: 12d, target: SPONSOR, channel: meeting}
route:
  ladder: all
  routes:
    - {match: [project = PAY], calendar: berlin}
costs:
  - {match: [project = PAY], amount: 1200, currency: EUR}
)";

constexpr char kDirectory[] = R"(
parties:
  - name: legal
    aliases: [法务部]
    lead: {name: Dana Fox, handle: "@dana"}
    manager: {name: Max Kern, language: zh}
    sponsor: {name: Ida Holm}
  - {name: legal, tenant: rival, lead: {name: Rita Rival}}
)";

// 2026-02-02, a Monday, 10:00 in Berlin.
const absl::Time kOpened = absl::FromCivil(absl::CivilHour(2026, 2, 2, 9), absl::UTCTimeZone());

class SuggestionTest : public ::testing::Test {
 protected:
  SuggestionTest() {
    blocker_.ticket = {"acme", "jira", "PAY-7"};
    blocker_.title = "Ship the new terms";
    blocker_.project = "PAY";
    blocker_.category = Category::kCrossTeam;
    blocker_.reason = Reason::kApprovalOrSignOff;
    blocker_.waiting_on = "legal";
    blocker_.language = "en";
    blocker_.open_time = blocker_.spell_time = kOpened;
    ticket_.key = "PAY-7";
    ticket_.assignee = "ann";
    ticket_.links = {{"blocks", "PAY-8"}, {"blocks", "APP-3"}, {"is blocked by", "X-1"}};
    evidence_ = {{.field = "description",
                  .begin = 0,
                  .end = 31,
                  .text = "legal has not signed off yet.",
                  .weight = 2}};
  }

  static Planner Made(const std::string& directory) {
    absl::StatusOr<EscalationPolicy> policy = ParsePolicy(kPolicy, "p.yaml");
    EXPECT_THAT(policy, IsOk());
    absl::StatusOr<Directory> parties = ParseDirectory(directory, "d.yaml");
    EXPECT_THAT(parties, IsOk());
    return Planner(*std::move(policy), *BuiltInPlaybooks(), *std::move(parties));
  }

  std::vector<Escalation> Plan() const { return planner_.Plan(blocker_, ticket_, evidence_, now_); }
  Escalation Level(size_t level) const { return Plan().at(level - 1); }

  const Planner planner_ = Made(kDirectory);
  Blocker blocker_;
  Ticket ticket_;
  std::vector<Evidence> evidence_;
  // Friday afternoon.
  absl::Time now_ = kOpened + absl::Hours(4 * 24 + 5);
};

TEST_F(SuggestionTest, TheFactsAreFilledIn) {
  EXPECT_THAT(
      Level(2).draft_message,
      AllOf(StartsWith("Hello Dana Fox,\n"), HasSubstr("PAY-7 \"Ship the new terms\" in PAY"),
            HasSubstr("approval by legal since 2 February (4 working days)"),
            HasSubstr("Meanwhile ann cannot go on."),
            HasSubstr("The ticket also holds up 2 other tickets (PAY-8, APP-3)."),
            HasSubstr("At EUR 1,200 for each working day, the wait has come to EUR 4,800 so far."),
            HasSubstr("The ticket says: \"legal has not signed off yet\".")));
}

TEST_F(SuggestionTest, TheSameInChinese) {
  blocker_.language = "zh";
  EXPECT_THAT(Level(2).draft_message,
              AllOf(StartsWith("Dana Fox，您好，\n"), HasSubstr("PAY 的 PAY-7“Ship the new terms”"),
                    HasSubstr("从 2 月 2 日起"), HasSubstr("到现在 4 个工作日"),
                    HasSubstr("目前等着这张单的还有：ann。"),
                    HasSubstr("这张单还卡着另外 2 张单（PAY-8、APP-3）。"),
                    HasSubstr("按每个工作日 EUR 1,200 计，到现在累计 EUR 4,800。"),
                    HasSubstr("“legal has not signed off yet”")));
}

TEST_F(SuggestionTest, SentencesWithoutTheirFactsAreLeftOut) {
  blocker_.project = "OTHER";
  ticket_.assignee.clear();
  ticket_.links.clear();
  evidence_.clear();
  for (const std::string language : {"en", "zh"}) {
    blocker_.language = language;
    for (const Escalation& step : Plan()) {
      for (const std::string& text : {step.draft_message, step.next_step, step.fallback}) {
        for (const char* trace : {"Meanwhile", "holds up", "EUR", "The ticket says", "目前等着",
                                  "卡着", "工作日 ", "原话", "{", "}", "  ", "\"\"", "“”"}) {
          EXPECT_THAT(text, Not(HasSubstr(trace)));
        }
        EXPECT_FALSE(text.empty());
      }
    }
  }
}

TEST_F(SuggestionTest, WhoIsWaitedForIsNotSaidToWait) {
  ticket_.assignee = "@Legal";
  EXPECT_THAT(Level(2).draft_message, Not(HasSubstr("cannot go on")));
}

TEST_F(SuggestionTest, TheFirstMessageSpeaksNeitherOfMoneyNorInTheTicketsWords) {
  EXPECT_THAT(Level(1).draft_message,
              AllOf(StartsWith("Hello,\n"), HasSubstr("2 other tickets"), Not(HasSubstr("EUR")),
                    Not(HasSubstr("signed off yet"))));
}

TEST_F(SuggestionTest, WhatTheGraphTellsGoesBeforeTheOwnLinks) {
  Standing standing;
  standing.weight = {7, 5, absl::Hours(24 * 30)};
  const std::string draft =
      planner_.PlanLevel(blocker_, ticket_, 2, evidence_, now_, standing)->draft_message;
  EXPECT_THAT(draft, AllOf(HasSubstr("7 other tickets ("),
                           HasSubstr("Together these have been blocked for 30 days.")));
  // What hangs on somebody else's root is not said of this one.
  standing.root = "APP-9";
  EXPECT_THAT(planner_.PlanLevel(blocker_, ticket_, 2, evidence_, now_, standing)->draft_message,
              Not(HasSubstr("7 other tickets")));
}

TEST_F(SuggestionTest, MoneyIsOnlySpokenOfWhereItIsConfiguredAndADayHasPassed) {
  now_ = kOpened + absl::Hours(5);
  EXPECT_THAT(Level(2).draft_message, Not(HasSubstr("EUR")));
  now_ = kOpened + absl::Hours(24);
  EXPECT_THAT(Level(2).draft_message, HasSubstr("come to EUR 1,200 so far"));
  blocker_.project = "OTHER";
  EXPECT_THAT(Level(2).draft_message, Not(HasSubstr("EUR")));
}

TEST_F(SuggestionTest, WithoutACalendarWeekdaysAreSpokenOf) {
  blocker_.project = "OTHER";
  EXPECT_THAT(Level(2).draft_message, HasSubstr("(4 weekdays)"));
}

TEST_F(SuggestionTest, AnswersAreAskedForByADayThatIsNotAfterTheNextStep) {
  now_ = kOpened;
  // Three working days after Tuesday would be Friday; the next step is on Thursday.
  EXPECT_THAT(Level(1).draft_message, HasSubstr("by Thursday, 5 February"));
  // Three working days after the last step, Saturday the 14th.
  EXPECT_THAT(Level(4).draft_message, HasSubstr("by Wednesday, 18 February"));
  EXPECT_THAT(Level(4).fallback, HasSubstr("by Wednesday, 18 February"));
}

TEST_F(SuggestionTest, TheFallbackTellsWhomTheLadderTurnsToNext) {
  now_ = kOpened;
  EXPECT_THAT(Level(1).fallback, HasSubstr("On 5 February the next step goes to Dana Fox."));
  EXPECT_THAT(Level(4).fallback, Not(HasSubstr("next step goes to")));
  blocker_.waiting_on = "the board of trustees";
  EXPECT_THAT(Level(1).fallback, HasSubstr("goes to the lead of the board of trustees."));
  blocker_.language = "zh";
  EXPECT_THAT(Level(1).fallback, HasSubstr("2 月 5 日起，下一个可以找的是"));
}

TEST_F(SuggestionTest, StepsThatArePastAreNotAnnounced) {
  now_ = kOpened + absl::Hours(24 * 5);
  EXPECT_THAT(Level(1).fallback, Not(HasSubstr("next step goes to")));
  EXPECT_THAT(Level(2).fallback, HasSubstr("next step goes to Max Kern"));
}

TEST_F(SuggestionTest, NobodyIsAskedToAnswerOnADayOff) {
  // From Friday; the next step falls due on Sunday.
  now_ = kOpened + absl::Hours(4 * 24);
  EXPECT_THAT(Level(2).draft_message, HasSubstr("by Monday, 9 February"));
  EXPECT_THAT(Level(2).fallback, HasSubstr("On 9 February the next step goes to"));
  // From Thursday there is the Friday before it.
  now_ = kOpened + absl::Hours(3 * 24);
  EXPECT_THAT(Level(2).draft_message, HasSubstr("by Friday, 6 February"));
  EXPECT_THAT(Level(2).fallback, HasSubstr("On 8 February the next step goes to"));
}

TEST_F(SuggestionTest, AQuoteEndsWithAWord) {
  evidence_[0].text = absl::StrCat(std::string(100, 'x'), " and then nobody ever answered");
  EXPECT_THAT(Level(2).draft_message, HasSubstr("xx and then nobody…\"."));
}

TEST_F(SuggestionTest, LevelsTurnToThoseOfTheDirectory) {
  const std::vector<Escalation> plan = Plan();
  ASSERT_THAT(plan, SizeIs(4));
  EXPECT_EQ(plan[0].target, "legal");
  EXPECT_EQ(plan[1].target, "Dana Fox");
  EXPECT_EQ(plan[1].handle, "@dana");
  EXPECT_EQ(plan[1].channel, "chat");
  EXPECT_EQ(plan[2].target, "Max Kern");
  EXPECT_EQ(plan[3].target, "Ida Holm");
}

TEST_F(SuggestionTest, WhoReadsAnotherLanguageIsWrittenToInIt) {
  const Escalation step = Level(3);
  EXPECT_EQ(step.language, "en");
  EXPECT_EQ(step.draft_language, "zh");
  EXPECT_THAT(step.draft_message, StartsWith("Max Kern，您好，\n"));
  EXPECT_THAT(step.draft_message, HasSubstr("在等legal审批"));
  EXPECT_THAT(step.fallback, HasSubstr("If there is no answer by"));
  EXPECT_EQ(Level(2).draft_language, "en");
}

TEST_F(SuggestionTest, ATicketWithoutKeyOrTitleLeavesNoHole) {
  blocker_.ticket.key.clear();
  blocker_.title.clear();
  EXPECT_THAT(Level(1).draft_message, HasSubstr("this ticket \"untitled\" has been waiting"));
}

TEST_F(SuggestionTest, OtherTextsTakeThePlaceOfTheBuiltInOnes) {
  absl::StatusOr<Playbooks> playbooks = ParsePlaybooks(R"(
playbooks:
  - {reason: APPROVAL_OR_SIGN_OFF, language: en, escalation: "{hello} {ticket}, by {by}!", answer_days: 1}
shared:
  - {language: en, hello_name: "Dear {name},", next_rung: "Then {next}."}
)",
                                                       "b.yaml");
  ASSERT_THAT(playbooks, IsOk());
  const Planner planner(*ParsePolicy(kPolicy, "p.yaml"), *std::move(playbooks),
                        *ParseDirectory(kDirectory, "d.yaml"));
  const Escalation step = *planner.PlanLevel(blocker_, ticket_, 2, evidence_, now_);
  EXPECT_EQ(step.draft_message, "Dear Dana Fox, PAY-7, by Monday, 9 February!")
      << "one working day after Friday";
  EXPECT_THAT(step.fallback, HasSubstr("Then Max Kern."));
  EXPECT_THAT(step.next_step, HasSubstr("Ask legal what is missing")) << "as built in";
}

// Words that begin with a capital, and handles, also those made harmless.
std::set<std::string> Names(std::string text) {
  text = absl::StrReplaceAll(text, {{"\u200B", ""}});
  static const RE2 kName("(@?[A-Z][A-Za-z]*[a-z][A-Za-z]*|@[A-Za-z]+)");
  std::set<std::string> names;
  re2::StringPiece rest(text);
  for (std::string name; RE2::FindAndConsume(&rest, kName, &name);) names.insert(name);
  return names;
}

// Everything that the built-in texts of a language say by themselves.
std::string AllTexts(const Playbooks& playbooks, const std::string& language) {
  std::string all;
  for (const auto& [key, p] : playbooks.by_reason) {
    if (key.second != language) continue;
    absl::StrAppend(&all, p.default_party, "\n", p.nudge, "\n", p.escalation, "\n", p.next_step,
                    "\n", p.fallback, "\n", p.rationale, "\n");
    for (const std::string& step : p.steps) absl::StrAppend(&all, step, "\n");
  }
  const RoleNames& r = playbooks.roles.at(language);
  const SharedTexts& s = playbooks.shared.at(language);
  return absl::StrCat(all, r.team_lead, "\n", r.manager, "\n", r.sponsor, "\n", r.party_lead, "\n",
                      s.hello, "\n", s.hello_name, "\n", s.effect, "\n", s.situation, "\n",
                      s.next_rung, "\n", s.group_opening, "\n", s.group_item, "\n", s.group_more,
                      "\n", s.group_closing, "\n");
}

TEST(BuiltInNamesTest, TheTextsThemselvesNameNobody) {
  const absl::StatusOr<Playbooks> playbooks = BuiltInPlaybooks();
  ASSERT_THAT(playbooks, IsOk());
  for (const std::string language : {"en", "zh"}) {
    const std::string all = AllTexts(*playbooks, language);
    for (size_t at = 0; at < all.size(); ++at) {
      if (!absl::ascii_isupper(all[at]) && all[at] != '@') continue;
      if (at > 0 && absl::ascii_isalpha(all[at - 1])) continue;
      const absl::string_view rest = absl::string_view(all).substr(at);
      // A sentence begins, or it is "I".
      const bool begins = at == 0 || all[at - 1] == '\n' || all[at - 1] == '"' ||
                          (at > 1 && all[at - 1] == ' ' &&
                           absl::string_view(".?!:").find(all[at - 2]) != absl::string_view::npos);
      EXPECT_TRUE(begins && all[at] != '@') << rest.substr(0, 40);
    }
  }
}

// A generator of our own, so that a failure can be repeated.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  size_t Below(size_t count) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % count;
  }
  bool Coin() { return Below(2) == 0; }

 private:
  uint64_t state_;
};

std::string Pick(const std::vector<std::string>& words, Dice* dice) {
  return words[dice->Below(words.size())];
}

// No name is made up: every one in a suggestion is the ticket's or the directory's for that tenant.
TEST(NamesTest, EveryNameComesFromTheTicketOrTheDirectory) {
  const std::vector<std::string> people = {"Ann Lee", "Bob Ray", "@carl", "Dora Q",
                                           "",        "erin",    "王芳"};
  const std::vector<std::string> parties = {
      "legal", "Legal Affairs", "@Platform", "", "Dana Fox", "the Board", "法务部", "Acme Hosting"};
  const std::vector<std::string> titles = {"Ship Terms", "ask @frank or Gina", "", "发布新条款"};
  const Playbooks playbooks = *BuiltInPlaybooks();
  const std::vector<std::string> ours = {AllTexts(playbooks, "en"), AllTexts(playbooks, "zh")};
  const std::string calendar =
      "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March";
  const Planner with(*ParsePolicy(kPolicy, "p.yaml"), playbooks,
                     *ParseDirectory(kDirectory, "d.yaml"));
  const Planner without(*ParsePolicy(kPolicy, "p.yaml"), playbooks);
  const std::string directory = "Dana Fox @dana Max Kern Ida Holm";
  Dice dice(20260202);
  for (int round = 0; round < 300; ++round) {
    Blocker blocker;
    Ticket ticket;
    blocker.reason = static_cast<Reason>(1 + dice.Below(kReasonCount - 1));
    blocker.category = CategoryOf(blocker.reason);
    blocker.ticket = {"acme", "jira", dice.Coin() ? "PAY-7" : ""};
    blocker.project = dice.Coin() ? "PAY" : "";
    blocker.title = Pick(titles, &dice);
    blocker.waiting_on = Pick(parties, &dice);
    blocker.language = dice.Coin() ? "en" : "zh";
    blocker.spell_time = blocker.open_time = kOpened;
    ticket.assignee = Pick(people, &dice);
    ticket.reporter = Pick(people, &dice);
    if (dice.Coin()) ticket.links = {{"blocks", "Gamma-1"}};
    std::vector<Evidence> evidence;
    if (dice.Coin()) evidence = {{.field = "title", .begin = 0, .end = 1, .text = "Hal said no"}};
    const bool known = dice.Coin();
    std::set<std::string> allowed = Names(absl::StrCat(
        ours[0], " ", ours[1], " ", calendar, " ", known ? directory : "", " ", blocker.title, " ",
        blocker.waiting_on, " ", ticket.assignee, " ", ticket.reporter));
    allowed.merge(std::set<std::string>{"Gamma", "Hal"});
    const absl::Time now = kOpened + absl::Hours(static_cast<int64_t>(dice.Below(24 * 9)));
    for (const Escalation& step : (known ? with : without).Plan(blocker, ticket, evidence, now)) {
      for (const std::string& text :
           {step.draft_message, step.next_step, step.fallback, step.target, step.handle}) {
        for (const std::string& name : Names(text)) {
          ASSERT_TRUE(allowed.contains(name)) << name << " in " << text;
        }
        EXPECT_THAT(text, Not(HasSubstr("Rival"))) << "another tenant's";
      }
      EXPECT_TRUE(known || step.handle.empty());
    }
  }
}

}  // namespace
}  // namespace clearway
