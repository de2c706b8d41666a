#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace clearway {

// Values by 64-bit hash in an open-addressing table. Filled once, then read by any number of threads.
//
// The upper halves of the hashes stand in a row of their own: most look-ups are for what is not
// there, and end in a few bytes that stay in the cache. A stranger is taken for an entry with a
// probability below 2^-31.
template <typename Value>
class HashIndex {
 public:
  HashIndex() : HashIndex(std::vector<std::pair<uint64_t, Value>>()) {}

  // No hash may occur twice.
  explicit HashIndex(const std::vector<std::pair<uint64_t, Value>>& entries) {
    size_t slots = 2;
    // At most two thirds full: beyond that, runs of occupied slots grow long.
    while (slots * 2 < entries.size() * 3) slots *= 2;
    tags_.assign(slots, 0);
    values_.resize(slots);
    mask_ = slots - 1;
    for (const auto& [hash, value] : entries) {
      size_t slot = hash & mask_;
      while (tags_[slot] != 0) slot = (slot + 1) & mask_;
      tags_[slot] = TagOf(hash);
      values_[slot] = value;
    }
  }

  // nullptr when it is not there.
  const Value* Find(uint64_t hash) const {
    const uint32_t tag = TagOf(hash);
    for (size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
      if (tags_[slot] == tag) return &values_[slot];
      if (tags_[slot] == 0) return nullptr;
    }
  }

  // Brings the place where a hash would stand into the cache; Find comes some hashes later.
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&tags_[hash & mask_]); }

 private:
  // 0 marks an empty slot.
  static uint32_t TagOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32) | 1; }

  std::vector<uint32_t> tags_;
  std::vector<Value> values_;
  size_t mask_ = 0;
};

}  // namespace clearway
