#pragma once

#include <cstdint>

#include "service/classify/document.h"
#include "service/classify/feature_index.h"
#include "service/classify/scratch.h"

namespace clearway {

// What the model knows of a document's tokens, by position: places in its index.
struct KnownTokens {
  // Lies in the document's memory.
  KnownTokens(const FeatureIndex& index, const Document& document);

  Scratch<FeatureIndex::Place> words;
  // Of the pair of a token and the one before it in its field.
  Scratch<FeatureIndex::Place> pairs;

  // Codes of the verdict's features that have rows, in the order of the tokens: words, or stems of
  // words that the verdict does not know, and pairs.
  Scratch<uint32_t> verdict;
  // How many of these belong to the tokens before each one, and to all.
  Scratch<uint32_t> verdict_ends;
};

}  // namespace clearway
