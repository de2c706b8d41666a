#include "service/classify/lift_trainer.h"

#include <utility>
#include <vector>

#include "service/classify/role_examples.h"

namespace clearway {
namespace {

// Adds a text, unless it has no prose.
void AddText(const Document& document, const Field& field, bool lifts, RoleExamples* texts) {
  std::vector<RoleExamples::Feature> features;
  size_t count = 0;
  const uint32_t last = LastProse(document, field);
  for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
    const Sentence& sentence = document.sentences[s];
    if (sentence.region != Region::kProse) continue;
    EachLiftFeature(document, sentence, [&](uint64_t hash) {
      ++count;
      features.emplace_back(hash, kLiftRole);
      if (s == last) features.emplace_back(hash, kLastLiftRole);
    });
  }
  if (features.empty()) return;
  texts->Add(std::move(features), static_cast<float>(1 / LiftNorm(count)), lifts);
}

}  // namespace

LiftModel TrainLift(const Examples& examples, const std::vector<const LastWordExample*>& words,
                    const TrainOptions& options) {
  RoleExamples texts;
  for (const LastWordExample* word : words) {
    AddText(word->document, word->document.fields.back(), word->word->lifts, &texts);
  }
  LiftModel model;
  if (texts.empty()) return model;
  for (const Example* example : examples) {
    if (!IsBlocked(example->record->category)) continue;
    for (const Field& field : example->document.fields) {
      AddText(example->document, field, /*lifts=*/false, &texts);
    }
  }
  RoleTable::Weights weights;
  model.bias = texts.Train(
      {.cost = options.lift_cost, .balanced = true, .least = options.least_lift_comments},
      &weights);
  model.table = RoleTable(weights, RoleTable::kRoles, options.least_lift_weight);
  return model;
}

}  // namespace clearway
