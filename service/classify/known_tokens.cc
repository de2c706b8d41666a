#include "service/classify/known_tokens.h"

#include "service/classify/features.h"

namespace clearway {

KnownTokens::KnownTokens(const FeatureIndex& index, const Document& document)
    : words(document.tokens.size(), document.memory()),
      pairs(document.tokens.size(), document.memory()) {
  // Nothing but look-ups, none of which waits for another: their cache misses overlap.
  const FeatureIndex::Finder finder = index.finder();
  uint64_t before = 0;
  for (size_t i = 0; i < document.tokens.size(); ++i) {
    const uint64_t hash = document.tokens[i].hash;
    words[i] = finder.PlaceOf(hash);
    pairs[i] = finder.PlaceOf(PairHash(before, hash));
    before = hash;
  }
  for (const Field& field : document.fields) {
    if (field.begin < field.end) pairs[field.begin] = FeatureIndex::kNowhere;
  }
}

}  // namespace clearway
