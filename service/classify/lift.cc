#include "service/classify/lift.h"

namespace clearway {
namespace {

struct LiftSum {
  int32_t weight = 0;
  size_t features = 0;
};

// Over what EachLiftFeature names.
LiftSum SumOf(const FeatureIndex::Finder& finder, const Document& document,
              const KnownTokens& known, const Sentence& sentence) {
  LiftSum sum;
  for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
    const Token& token = document.tokens[i];
    sum.weight += finder[known.words[i]].lift;
    ++sum.features;
    if (token.stem != 0) {
      sum.weight += finder.Find(token.StemHash()).lift;
      ++sum.features;
    }
    if (i < sentence.begin + 1) continue;
    sum.weight += finder[known.pairs[i]].lift;
    ++sum.features;
    if (i < sentence.begin + 2) continue;
    const uint64_t pair = PairHash(document.tokens[i - 1].hash, token.hash);
    sum.weight += finder.Find(TripleHash(pair, document.tokens[i - 2])).lift;
    ++sum.features;
  }
  return sum;
}

}  // namespace

LiftScore ScoreLift(const LiftModel& model, const FeatureIndex& index, const Document& document,
                    const KnownTokens& known) {
  LiftScore score(document.memory());
  const FeatureIndex::Finder finder = index.finder();
  LiftSum all;
  for (const Field& field : document.fields) {
    if (field.kind != Field::Kind::kLastComment) continue;
    score.by_sentence.reserve(field.last_sentence - field.first_sentence);
    for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
      const Sentence& sentence = document.sentences[s];
      LiftSum sum;
      if (sentence.region == Region::kProse) sum = SumOf(finder, document, known, sentence);
      all.weight += sum.weight;
      all.features += sum.features;
      score.by_sentence.push_back(sum.weight);
    }
  }
  if (all.features == 0) return score;
  const double share = model.table.scale(0) / LiftNorm(all.features);
  score.log_odds = model.bias + all.weight * share;
  for (double& weight : score.by_sentence) weight *= share;
  return score;
}

}  // namespace clearway
