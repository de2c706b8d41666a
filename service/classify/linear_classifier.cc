#include <utility>
#include <vector>

#include "clearway_embed/built_in_model.h"

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/classify/document.h"
#include "service/classify/evidence.h"
#include "service/classify/model.h"
#include "service/classify/party_tagger.h"
#include "service/classify/tokenizer.h"
#include "service/classify/verdict_scorer.h"

namespace clearway {
namespace {

// Who must act is named where the trouble is told.
constexpr size_t kPartySentences = 4;

class LinearClassifier final : public Classifier {
 public:
  explicit LinearClassifier(Model model) : model_(std::move(model)) {}

  Classification Classify(const Ticket& ticket) const override {
    const Document document = ReadDocument(ticket, tokenizer_);
    const VerdictScores scores = ScoreVerdict(model_, tokenizer_, ticket, document);
    Classification result = Decide(model_.calibration, scores);
    result.probabilities = scores.categories;
    result.model_version = model_.version;
    result.language = LanguageOf(document);
    const std::vector<double> weights =
        SentenceWeights(model_.verdict, document, scores, result.category, result.reason);
    const std::vector<uint32_t> strongest = StrongestSentences(weights, kPartySentences);
    result.evidence = QuoteEvidence(document, weights, strongest);
    if (IsNonTechnical(result.category)) {
      Party party = FindParty(model_.party_begin, model_.party_span, document, strongest);
      if (party.probability >= model_.calibration.party_threshold) {
        result.waiting_on = std::move(party.text);
      }
    }
    return result;
  }

  const std::string& model_version() const override { return model_.version; }

 private:
  const Model model_;
  const Tokenizer tokenizer_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Classifier>> Classifier::FromModel(absl::string_view bytes) {
  ASSIGN_OR_RETURN(Model model, ParseModel(bytes));
  return std::make_shared<const LinearClassifier>(std::move(model));
}

absl::StatusOr<std::shared_ptr<const Classifier>> Classifier::BuiltIn() {
  return FromModel(embedded::built_in_model());
}

}  // namespace clearway
