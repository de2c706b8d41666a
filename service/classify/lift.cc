#include "service/classify/lift.h"

namespace clearway {
namespace {

struct LiftSum {
  int32_t weight = 0;
  size_t features = 0;
};

// Over what EachLiftFeature names.
LiftSum SumOf(const FeatureIndex::Finder& finder, const Document& document,
              const KnownTokens& known, const Sentence& sentence, bool last) {
  LiftSum sum;
  const int32_t mask = last ? -1 : 0;
  const auto add = [&](const KnownFeature& feature) {
    sum.weight += feature.lift + (feature.last_lift & mask);
    ++sum.features;
  };
  for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
    const Token& token = document.tokens[i];
    add(finder[known.words[i]]);
    if (token.stem != 0) add(finder.Find(token.StemHash()));
    if (i < sentence.begin + 1) continue;
    add(finder[known.pairs[i]]);
    if (i < sentence.begin + 2) continue;
    const uint64_t pair = PairHash(document.tokens[i - 1].hash, token.hash);
    add(finder.Find(TripleHash(pair, document.tokens[i - 2])));
  }
  return sum;
}

}  // namespace

uint32_t LastProse(const Document& document, const Field& field) {
  for (uint32_t s = field.last_sentence; s > field.first_sentence; --s) {
    if (document.sentences[s - 1].region == Region::kProse) return s - 1;
  }
  return field.last_sentence;
}

LiftScore ScoreLift(const LiftModel& model, const FeatureIndex& index, const Document& document,
                    const KnownTokens& known) {
  LiftScore score(document.memory());
  const FeatureIndex::Finder finder = index.finder();
  LiftSum all;
  for (const Field& field : document.fields) {
    if (field.kind != Field::Kind::kLastComment) continue;
    score.by_sentence.reserve(field.last_sentence - field.first_sentence);
    const uint32_t last = LastProse(document, field);
    for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
      const Sentence& sentence = document.sentences[s];
      LiftSum sum;
      if (sentence.region == Region::kProse) {
        sum = SumOf(finder, document, known, sentence, s == last);
      }
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
