#include "service/classify/verdict.h"

#include <utility>
#include <vector>

#include "service/classify/evidence.h"
#include "service/classify/party_tagger.h"
#include "service/classify/verdict_scorer.h"

namespace clearway {

Classification ClassifyDocument(const Model& model, const Tokenizer& tokenizer,
                                const Ticket& ticket, const Document& document) {
  const VerdictScores scores = ScoreVerdict(model, tokenizer, ticket, document);
  Classification result = Decide(model.calibration, scores);
  result.probabilities = scores.categories;
  result.model_version = model.version;
  result.language = LanguageOf(document);
  const std::pmr::vector<double> weights =
      SentenceWeights(model, document, scores, result.category, result.reason);
  const std::pmr::vector<uint32_t> loudest = LoudestSentences(weights, kPartySentences);
  result.evidence = QuoteEvidence(document, weights, loudest);
  if (IsNonTechnical(result.category)) {
    Party party = FindParty(model.party, document, loudest, result.reason);
    if (party.probability >= model.calibration.party_threshold) {
      result.waiting_on = std::move(party.text);
    }
  }
  return result;
}

}  // namespace clearway
