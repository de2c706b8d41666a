#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

#include "service/classify/document.h"

namespace clearway {

// What the linear model sees of a ticket: hashes of
//   - words and ideographs; with each longer word its stem, and the stem alone of a word that the
//     model does not know,
//   - pairs of neighbours,
//   - all of these once more, marked, where they stand in the last comment's prose,
//   - the structure: status words, labels, link types, flag, number of comments.
// Presence counts, not frequency; it counts where the feature is met first in reading order.

// Sentences in the order in which they are read, in groups that weigh alike.
struct ReadingOrder {
  explicit ReadingOrder(std::pmr::memory_resource* memory) : sentences(memory) {}

  enum Group : size_t { kLastComment, kProse, kHalf, kQuarter, kGroups };

  // Numbers of sentences; within a group the latest first.
  std::pmr::vector<uint32_t> sentences;
  // Where each group ends in `sentences`.
  size_t ends[kGroups] = {};

  static constexpr int Quarters(size_t group) {
    return group == kQuarter ? 1 : group == kHalf ? 2 : kWholeWeight;
  }
};

// Prose of the last comment.
inline bool IsLastWord(const Document& document, const Sentence& sentence) {
  return sentence.region == Region::kProse &&
         FieldOf(document, sentence).kind == Field::Kind::kLastComment;
}

ReadingOrder OrderSentences(const Document& document);

// Of a pair of neighbours, from their own hashes.
inline uint64_t PairHash(uint64_t first, uint64_t second) { return JoinHashes(first, second); }

// Of a feature where it stands in the last comment.
inline uint64_t MarkedHash(uint64_t hash) {
  constexpr uint64_t kMarked = 0x4c;
  return MixHash(hash, kMarked);
}

// Hashes of the structure. Bounded: of many labels and links the first 50 are read.
std::pmr::vector<uint64_t> StructureFeatures(
    const Ticket& ticket, const Tokenizer& tokenizer,
    std::pmr::memory_resource* memory = std::pmr::get_default_resource());

}  // namespace clearway
