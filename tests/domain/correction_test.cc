#include "service/domain/correction.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::IsEmpty;

constexpr Category kNotBlocked = Category::kNotBlocked;
constexpr Category kTechnical = Category::kTechnical;
constexpr Category kCommunication = Category::kCommunication;
constexpr Category kResource = Category::kResource;
constexpr Category kCrossTeam = Category::kCrossTeam;

TicketState SomeTicket() {
  TicketState state;
  state.ticket.title = "Release";
  state.ticket.status = "In Progress";
  return state;
}

Classification Verdict(Category category) {
  Classification verdict;
  verdict.category = category;
  verdict.likeliest = category;
  verdict.confidence = 0.8;
  return verdict;
}

// As after review: not sure, `likeliest` at most.
Classification Doubt(Category likeliest) {
  Classification verdict = Verdict(likeliest);
  verdict.category = Category::kNeedsReview;
  return verdict;
}

Correction Correct(Category overruled, Category category) {
  Judgement judgement;
  judgement.actor = "ann";
  judgement.category = category;
  return CorrectionOf(judgement, SomeTicket(), Verdict(overruled));
}

void Nothing(TicketState&) {}
void OtherWords(TicketState& state) {
  state.comments.push_back(
      {{"1", "dev", "any news?", absl::UnixEpoch(), absl::InfinitePast()}, {}, false});
}
void OtherStatus(TicketState& state) { state.ticket.status = "Blocked"; }
void Done(TicketState& state) { state.ticket.done = true; }
void Flagged(TicketState& state) { state.ticket.flagged = true; }
void Deleted(TicketState& state) { state.deleted = true; }
void Relabelled(TicketState& state) { state.ticket.labels = {"urgent"}; }

struct HoldsCase {
  const char* name;
  Category overruled;
  Category corrected;
  void (*since)(TicketState&);
  Classification verdict;
  bool holds;
};

class HoldsTest : public ::testing::TestWithParam<HoldsCase> {};

TEST_P(HoldsTest, UntilTheTicketReallyChanges) {
  const HoldsCase& c = GetParam();
  TicketState state = SomeTicket();
  c.since(state);
  EXPECT_EQ(Holds(Correct(c.overruled, c.corrected), state, c.verdict), c.holds);
}

const HoldsCase kHolds[] = {
    {"NothingChanged", kCrossTeam, kResource, Nothing, Verdict(kCrossTeam), true},
    {"AnotherModelSaysNotBlockedOfTheSameWords", kCrossTeam, kResource, Nothing,
     Verdict(kNotBlocked), true},
    {"AnotherModelSaysBlockedOfTheSameWords", kCrossTeam, kNotBlocked, Nothing, Verdict(kTechnical),
     true},
    {"Status", kCrossTeam, kResource, OtherStatus, Verdict(kCrossTeam), false},
    {"DoneNow", kCrossTeam, kResource, Done, Verdict(kCrossTeam), false},
    {"FlaggedNow", kCrossTeam, kNotBlocked, Flagged, Verdict(kCrossTeam), false},
    {"DeletedNow", kCrossTeam, kResource, Deleted, Verdict(kCrossTeam), false},
    {"LabelsAreNoState", kCrossTeam, kResource, Relabelled, Verdict(kNotBlocked), true},
    {"BlockedAndTheOldMistakeAgain", kCrossTeam, kResource, OtherWords, Verdict(kCrossTeam), true},
    {"BlockedAndAnotherCause", kCrossTeam, kResource, OtherWords, Verdict(kTechnical), true},
    {"BlockedAndAgreement", kCrossTeam, kResource, OtherWords, Verdict(kResource), true},
    {"BlockedAndNowFree", kCrossTeam, kResource, OtherWords, Verdict(kNotBlocked), false},
    {"BlockedAndPerhapsFree", kCrossTeam, kResource, OtherWords, Doubt(kNotBlocked), true},
    {"MissedBlockerAndNowFreeByNewWords", kNotBlocked, kResource, OtherWords, Verdict(kNotBlocked),
     false},
    {"FreeAndTheOldMistakeAgain", kCrossTeam, kNotBlocked, OtherWords, Verdict(kCrossTeam), true},
    {"FreeAndAgreement", kCrossTeam, kNotBlocked, OtherWords, Verdict(kNotBlocked), true},
    {"FreeAndNowStuckOnAnotherCause", kCrossTeam, kNotBlocked, OtherWords, Verdict(kTechnical),
     false},
    {"FreeAndPerhapsStuck", kCrossTeam, kNotBlocked, OtherWords, Doubt(kTechnical), true},
};
INSTANTIATE_TEST_SUITE_P(All, HoldsTest, ::testing::ValuesIn(kHolds),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CorrectionTest, WordsTakenBackAreTheOldWords) {
  TicketState state = SomeTicket();
  OtherWords(state);
  state.comments[0].deleted = true;
  EXPECT_TRUE(Holds(Correct(kCrossTeam, kResource), state, Verdict(kNotBlocked)));
}

TEST(CorrectionTest, WhatWasDoubtedIsRememberedByItsLikeliest) {
  Judgement judgement;
  judgement.category = kNotBlocked;
  EXPECT_EQ(CorrectionOf(judgement, SomeTicket(), Doubt(kCrossTeam)).overruled, kCrossTeam);
}

class EffectiveVerdictTest : public ::testing::Test {
 protected:
  EffectiveVerdictTest() {
    model_ = Verdict(kCrossTeam);
    model_.reason = Reason::kApprovalOrSignOff;
    model_.secondary = kCommunication;
    model_.waiting_on = "legal";
    model_.evidence = {{"title", 0, 7, "Release", 1}};
    model_.model_version = "m";
    model_.language = "en";
    correction_.judgement.actor = "ann";
    correction_.judgement.category = kResource;
  }

  Classification Effective() const { return *EffectiveVerdict(model_, correction_); }

  Classification model_;
  Correction correction_;
};

TEST_F(EffectiveVerdictTest, WithoutCorrectionItIsTheModels) {
  EXPECT_EQ(EffectiveVerdict(model_, std::nullopt), model_);
  EXPECT_EQ(EffectiveVerdict(std::nullopt, correction_), std::nullopt) << "a deleted ticket";
}

TEST_F(EffectiveVerdictTest, WhereTheyDifferNothingOfTheModelsIsLeft) {
  const Classification verdict = Effective();
  EXPECT_EQ(verdict.category, kResource);
  EXPECT_EQ(verdict.reason, Reason::kUnspecified);
  EXPECT_EQ(verdict.secondary, Category::kUnspecified);
  EXPECT_EQ(verdict.waiting_on, "");
  EXPECT_THAT(verdict.evidence, IsEmpty());
  EXPECT_EQ(verdict.confidence, 1);
  EXPECT_EQ(verdict.likeliest, kCrossTeam);
  EXPECT_EQ(verdict.corrected_by, "ann");
  EXPECT_EQ(verdict.language, "en");
}

TEST_F(EffectiveVerdictTest, WhatThePersonSaysCounts) {
  correction_.judgement.reason = Reason::kStaffing;
  correction_.judgement.secondary = kTechnical;
  correction_.judgement.waiting_on = "HR";
  const Classification verdict = Effective();
  EXPECT_EQ(verdict.reason, Reason::kStaffing);
  EXPECT_EQ(verdict.secondary, kTechnical);
  EXPECT_EQ(verdict.waiting_on, "HR");
}

TEST_F(EffectiveVerdictTest, WhereTheyAgreeTheModelFillsIn) {
  correction_.judgement.category = kCrossTeam;
  model_.category = Category::kNeedsReview;
  Classification verdict = Effective();
  EXPECT_EQ(verdict.category, kCrossTeam);
  EXPECT_EQ(verdict.reason, Reason::kApprovalOrSignOff);
  EXPECT_EQ(verdict.waiting_on, "legal");
  EXPECT_EQ(verdict.evidence, model_.evidence);
  correction_.judgement.reason = Reason::kBuyInMissing;
  verdict = Effective();
  EXPECT_EQ(verdict.reason, Reason::kBuyInMissing);
  EXPECT_EQ(verdict.secondary, kCommunication);
}

TEST(ConfirmsTest, OnlyWhatTheModelIsSureOfByItself) {
  Classification verdict = Verdict(kCrossTeam);
  verdict.reason = Reason::kApprovalOrSignOff;
  verdict.waiting_on = "legal";
  Judgement judgement;
  judgement.category = kCrossTeam;
  EXPECT_TRUE(Confirms(judgement, verdict));
  EXPECT_FALSE(Confirms(judgement, Doubt(kCrossTeam)));
  judgement.reason = Reason::kApprovalOrSignOff;
  judgement.waiting_on = "legal";
  EXPECT_TRUE(Confirms(judgement, verdict));
  judgement.secondary = kTechnical;
  EXPECT_FALSE(Confirms(judgement, verdict));
  judgement = {"ann", kCrossTeam, Reason::kBuyInMissing, Category::kUnspecified, ""};
  EXPECT_FALSE(Confirms(judgement, verdict));
  judgement = {"ann", kCrossTeam, Reason::kUnspecified, Category::kUnspecified, "the vendor"};
  EXPECT_FALSE(Confirms(judgement, verdict));
  judgement = {"ann", kNotBlocked, Reason::kUnspecified, Category::kUnspecified, ""};
  EXPECT_FALSE(Confirms(judgement, verdict));
}

}  // namespace
}  // namespace clearway
