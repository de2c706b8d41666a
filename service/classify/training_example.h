#pragma once

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "service/classify/document.h"
#include "service/classify/record.h"
#include "service/classify/tokenizer.h"

namespace clearway {

// A word or a pair of neighbours where it stands.
struct Unit {
  uint64_t hash = 0;
  // Of a longer word, else 0.
  uint64_t stem = 0;
  // Share of its weight that counts there.
  float share = 1;
  // In the last comment's prose.
  bool last = false;
};

// A record with everything that is worked out once for all folds.
struct Example {
  const LabelledRecord* record = nullptr;
  Document document;
  // In reading order.
  std::vector<Unit> words;
  std::vector<Unit> pairs;
  std::pmr::vector<uint64_t> structure;
};

using Examples = std::vector<const Example*>;

// Numbers the features that occur in at least `least` of the rows; by ascending hash, so that the
// order does not hang on the table's.
struct Vocabulary {
  std::vector<uint64_t> hashes;
  std::vector<int> counts;
  absl::flat_hash_map<uint64_t, int> index;

  Vocabulary(const absl::flat_hash_map<uint64_t, int>& frequencies, int least) {
    for (const auto& [hash, count] : frequencies) {
      if (count >= least) hashes.push_back(hash);
    }
    std::sort(hashes.begin(), hashes.end());
    for (size_t i = 0; i < hashes.size(); ++i) {
      index[hashes[i]] = static_cast<int>(i);
      counts.push_back(frequencies.at(hashes[i]));
    }
  }
};

// `record` must outlive the example.
Example ReadExample(const LabelledRecord& record, const Tokenizer& tokenizer);

}  // namespace clearway
