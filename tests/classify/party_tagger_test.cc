#include "service/classify/party_tagger.h"

#include <memory_resource>
#include <numeric>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/classify/model.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LikelyBeginningsTest : public ::testing::Test {
 protected:
  // The words with which names may begin, where `weights` say how likely.
  std::vector<std::string> Beginnings(const std::string& title,
                                      const RoleTable::Weights& weights) const {
    Model model;
    model.party.table = RoleTable(weights, kFirstSpanRole, /*least=*/0);
    EXPECT_THAT(IndexFeatures(&model), IsOk());
    Ticket ticket;
    ticket.title = title;
    const Document document = ReadDocument(ticket, tokenizer_);
    std::pmr::vector<uint32_t> sentences(document.sentences.size());
    std::iota(sentences.begin(), sentences.end(), 0U);
    std::vector<std::string> words;
    for (const PartyBeginning& beginning :
         LikelyBeginnings(model.party, model.index, document, KnownTokens(model.index, document),
                          sentences, Reason::kUnspecified)) {
      const Token& token = document.tokens[beginning.token];
      words.push_back(title.substr(token.begin, token.end - token.begin));
    }
    return words;
  }

  uint64_t HashOf(const std::string& word) const {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> ends;
    tokenizer_.Tokenize(word, &tokens, &ends);
    return tokens.front().hash;
  }

  const Tokenizer tokenizer_;
};

TEST_F(LikelyBeginningsTest, TheLikeliestComesFirstAndTheHopelessAreLeftOut) {
  EXPECT_THAT(Beginnings("ask legal or finance today", {{{HashOf("legal"), 0}, 2.0},
                                                        {{HashOf("finance"), 0}, 4.0},
                                                        {{HashOf("ask"), 0}, -4.0},
                                                        {{HashOf("or"), 0}, -4.0},
                                                        {{HashOf("today"), 0}, -4.0}}),
              ElementsAre("finance", "legal"));
}

// However little the weights of a model come to.
TEST_F(LikelyBeginningsTest, NoMarkBeginsAName) {
  EXPECT_THAT(Beginnings("- ask, (legal)", {{{HashOf("ask"), 0}, 1e-12}}),
              ElementsAre("ask", "legal"));
  EXPECT_THAT(Beginnings("- ask, (legal)", {}), ElementsAre("ask", "legal"));
  EXPECT_THAT(Beginnings("?! ...", {{{HashOf("?"), 0}, 4.0}}), IsEmpty());
}

}  // namespace
}  // namespace clearway
