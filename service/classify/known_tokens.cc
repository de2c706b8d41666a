#include "service/classify/known_tokens.h"

#include "service/classify/features.h"
#include "service/classify/weight_table.h"

namespace clearway {

KnownTokens::KnownTokens(const FeatureIndex& index, const Document& document)
    : words(document.tokens.size(), document.memory()),
      pairs(document.tokens.size(), document.memory()),
      // One more, which is written but does not count.
      verdict(2 * document.tokens.size() + 1, document.memory()),
      verdict_ends(document.tokens.size() + 1, document.memory()) {
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
    if (field.begin < field.end) pairs[field.begin] = finder.nowhere();
  }
  uint32_t count = 0;
  verdict_ends[0] = 0;
  // Writes without asking and goes on if it was right: what is known, no processor can guess.
  const auto add = [&](uint32_t code) {
    verdict[count] = code;
    count += WeightTable::Entry(code).has_row() ? 1 : 0;
  };
  for (size_t i = 0; i < document.tokens.size(); ++i) {
    const Token& token = document.tokens[i];
    uint32_t word = finder[words[i]].verdict;
    // One branch: who is unknown and who has a stem, each by itself nobody could guess.
    const uint64_t if_unknown = static_cast<uint64_t>((int64_t{word} - 1) >> 63);
    if ((token.stem & if_unknown) != 0) word = finder.Find(token.StemHash()).verdict;
    add(word);
    add(finder[pairs[i]].verdict);
    verdict_ends[i + 1] = count;
  }
}

}  // namespace clearway
