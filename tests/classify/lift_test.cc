#include "service/classify/lift.h"

#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/classify/model.h"
#include "service/classify/verdict_scorer.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;

class LiftTest : public ::testing::Test {
 protected:
  // Knows a word that lifts, and one that does so only where it stands at the end.
  Model TwoWordModel() const {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> ends;
    tokenizer_.Tokenize("merged resuming", &tokens, &ends);
    Model model;
    model.lift = {
        RoleTable({{{tokens[0].hash, kLiftRole}, 4.0}, {{tokens[1].hash, kLastLiftRole}, 4.0}},
                  RoleTable::kRoles, 1),
        -1};
    EXPECT_THAT(IndexFeatures(&model), IsOk());
    return model;
  }

  LiftScore Score(const std::vector<std::string>& comments) const {
    Ticket ticket;
    ticket.title = "merged";
    for (const std::string& body : comments) {
      Comment comment;
      comment.body = body;
      ticket.comments.push_back(comment);
    }
    const Model model = TwoWordModel();
    const Document document = ReadDocument(ticket, tokenizer_);
    return ScoreLift(model.lift, model.index, document, KnownTokens(model.index, document));
  }

  double LogOdds(const std::vector<std::string>& comments) const {
    return Score(comments).log_odds;
  }

  const Tokenizer tokenizer_;
};

TEST_F(LiftTest, OnlyTheLastCommentIsHeard) {
  EXPECT_EQ(LogOdds({}), kNoLift);
  EXPECT_GT(LogOdds({"stuck", "merged"}), -1);
  EXPECT_EQ(LogOdds({"merged", "stuck"}), -1);
}

TEST_F(LiftTest, QuotesAreNotTheAuthorsWords) {
  EXPECT_EQ(LogOdds({"> merged"}), kNoLift);
  EXPECT_EQ(LogOdds({"> merged\nnot yet"}), -1);
}

TEST_F(LiftTest, ItsSentencesAddUp) {
  const LiftScore score = Score({"Not merged. It is merged. > no"});
  ASSERT_EQ(score.by_sentence.size(), 3U);
  EXPECT_GT(score.by_sentence[0], 0);
  EXPECT_EQ(score.by_sentence[2], 0);
  EXPECT_NEAR(score.by_sentence[0] + score.by_sentence[1] - 1, score.log_odds, 1e-12);
}

TEST_F(LiftTest, TheLastSentenceIsHeardOnItsOwn) {
  EXPECT_EQ(LogOdds({"Thought of resuming. Nothing came."}), -1);
  EXPECT_GT(LogOdds({"It came. Resuming."}), -1);
  EXPECT_EQ(LogOdds({"It came. Resuming."}), LogOdds({"It came. Resuming.\n> no?"}));
}

TEST_F(LiftTest, ALiftMovesProbabilityToNotBlocked) {
  Calibration calibration;
  calibration.lift_scale = 1;
  calibration.lift_offset = 0;
  const std::array<double, kCategoryOutputs> stuck = {0.1, 0.6, 0.1, 0.1, 0.1};
  const auto lifted = [&](double log_odds) {
    return ApplyLift(LiftedShare(calibration, log_odds), stuck);
  };
  EXPECT_EQ(lifted(kNoLift), stuck);
  EXPECT_EQ(lifted(-2), stuck);
  const auto half = lifted(0);
  EXPECT_GT(half[0], stuck[0]);
  EXPECT_LT(half[1], stuck[1]);
  EXPECT_NEAR(std::accumulate(half.begin(), half.end(), 0.0), 1, 1e-9);
  EXPECT_NEAR(lifted(50)[0], 1, 1e-9);
}

}  // namespace
}  // namespace clearway
