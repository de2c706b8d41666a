#include "service/classify/lift.h"

namespace clearway {
namespace {

// Of the prose sentences of the last comment.
struct LiftSum {
  int32_t weight = 0;
  size_t features = 0;

  void Add(const LiftModel& model, const Document& document, const Sentence& sentence) {
    const RoleTable::Finder finder = model.table.finder();
    EachLiftFeature(document, sentence, [&](uint64_t hash) {
      weight += finder.Find(hash)[0];
      ++features;
    });
  }
};

LiftSum SumOf(const LiftModel& model, const Document& document) {
  LiftSum sum;
  for (const Field& field : document.fields) {
    if (field.kind != Field::Kind::kLastComment) continue;
    for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
      const Sentence& sentence = document.sentences[s];
      if (sentence.region == Region::kProse) sum.Add(model, document, sentence);
    }
  }
  return sum;
}

}  // namespace

double ScoreLift(const LiftModel& model, const Document& document) {
  const LiftSum sum = SumOf(model, document);
  if (sum.features == 0) return kNoLift;
  return model.bias + sum.weight * model.table.scale(0) / LiftNorm(sum.features);
}

double SentenceLift(const LiftModel& model, const Document& document, const Sentence& sentence) {
  LiftSum sum;
  sum.Add(model, document, sentence);
  return sum.weight * model.table.scale(0) / LiftNorm(SumOf(model, document).features);
}

}  // namespace clearway
