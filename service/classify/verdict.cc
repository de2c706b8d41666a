#include "service/classify/verdict.h"

#include <utility>
#include <vector>

#include "service/classify/evidence.h"
#include "service/classify/party_tagger.h"
#include "service/classify/verdict_scorer.h"

namespace clearway {

Classification ClassifyDocument(const Model& model, const Tokenizer& tokenizer,
                                const Ticket& ticket, const Document& document) {
  const KnownTokens known(model.index, document);
  const VerdictScores scores = ScoreVerdict(model, tokenizer, ticket, document, known);
  Classification result = Decide(model.calibration, scores);
  result.probabilities = scores.categories;
  result.model_version = model.version;
  result.language = LanguageOf(document);
  const std::pmr::vector<double> weights =
      SentenceWeights(model, document, scores, result.category, result.reason);
  const bool names_party = IsNonTechnical(result.category);
  const std::pmr::vector<uint32_t> loudest =
      LoudestSentences(weights, names_party ? kPartySentences : kMaxEvidence);
  result.evidence = QuoteEvidence(document, weights, loudest);
  if (names_party) {
    Party party = FindParty(model.party, model.index, document, known, loudest, result.reason);
    if (party.probability >= model.calibration.party_threshold) {
      result.waiting_on = std::move(party.text);
    }
  }
  return result;
}

}  // namespace clearway
