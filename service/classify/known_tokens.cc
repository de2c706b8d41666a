#include "service/classify/known_tokens.h"

#include "service/classify/features.h"

namespace clearway {

KnownTokens::KnownTokens(const FeatureIndex& index, const Document& document)
    : words(document.tokens.size(), document.memory()),
      pairs(document.tokens.size(), document.memory()) {
  // Nothing but look-ups, none of which waits for another: their cache misses overlap.
  const FeatureIndex::Finder finder = index.finder();
  const Token* const tokens = document.tokens.data();
  for (const Field& field : document.fields) {
    if (field.begin == field.end) continue;
    words[field.begin] = finder.PlaceOf(tokens[field.begin].hash);
    for (uint32_t i = field.begin + 1; i < field.end; ++i) {
      words[i] = finder.PlaceOf(tokens[i].hash);
      pairs[i] = finder.PlaceOf(PairHash(tokens[i - 1].hash, tokens[i].hash));
    }
  }
}

}  // namespace clearway
