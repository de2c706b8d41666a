#include "service/classify/lift.h"

#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/classify/verdict_scorer.h"

namespace clearway {
namespace {

class LiftTest : public ::testing::Test {
 protected:
  // Knows one word, and that it lifts.
  LiftModel Model() const {
    std::pmr::vector<Token> tokens;
    tokenizer_.Tokenize("merged", &tokens);
    return {RoleTable({{{tokens[0].hash, 0}, 4.0}}, RoleTable::kRoles, 1), -1};
  }

  double Score(const std::vector<std::string>& comments) const {
    Ticket ticket;
    ticket.title = "merged";
    for (const std::string& body : comments) {
      Comment comment;
      comment.body = body;
      ticket.comments.push_back(comment);
    }
    return ScoreLift(Model(), ReadDocument(ticket, tokenizer_));
  }

  const Tokenizer tokenizer_;
};

TEST_F(LiftTest, OnlyTheLastCommentIsHeard) {
  EXPECT_EQ(Score({}), kNoLift);
  EXPECT_GT(Score({"stuck", "merged"}), -1);
  EXPECT_EQ(Score({"merged", "stuck"}), -1);
}

TEST_F(LiftTest, QuotesAreNotTheAuthorsWords) {
  EXPECT_EQ(Score({"> merged"}), kNoLift);
  EXPECT_EQ(Score({"> merged\nnot yet"}), -1);
}

TEST_F(LiftTest, ALiftMovesProbabilityToNotBlocked) {
  Calibration calibration;
  calibration.lift_scale = 1;
  calibration.lift_offset = 0;
  const std::array<double, kCategoryOutputs> stuck = {0.1, 0.6, 0.1, 0.1, 0.1};
  EXPECT_EQ(ApplyLift(calibration, kNoLift, stuck), stuck);
  EXPECT_EQ(ApplyLift(calibration, -2, stuck), stuck);
  const auto half = ApplyLift(calibration, 0, stuck);
  EXPECT_GT(half[0], stuck[0]);
  EXPECT_LT(half[1], stuck[1]);
  EXPECT_NEAR(std::accumulate(half.begin(), half.end(), 0.0), 1, 1e-9);
  EXPECT_NEAR(ApplyLift(calibration, 50, stuck)[0], 1, 1e-9);
}

}  // namespace
}  // namespace clearway
