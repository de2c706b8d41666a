#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace clearway {

// Numbers by 64-bit hash in an open-addressing table. Filled once, then read by any number of
// threads. A stranger is taken for an entry with a probability below 2^-31.
class HashIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  HashIndex() : HashIndex(std::vector<std::pair<uint64_t, uint32_t>>()) {}

  // No hash may occur twice; kNone is no number.
  explicit HashIndex(const std::vector<std::pair<uint64_t, uint32_t>>& entries) {
    size_t size = 2;
    // At most two thirds full: beyond that, runs of occupied slots grow long.
    while (size * 2 < entries.size() * 3) size *= 2;
    slots_.resize(size);
    mask_ = size - 1;
    for (const auto& [hash, number] : entries) {
      size_t slot = hash & mask_;
      while (slots_[slot].number != kNone) slot = (slot + 1) & mask_;
      slots_[slot] = {TagOf(hash), number};
    }
  }

  // kNone when it is not there.
  uint32_t Find(uint64_t hash) const {
    const uint32_t tag = TagOf(hash);
    for (size_t i = hash & mask_;; i = (i + 1) & mask_) {
      const Slot slot = slots_[i];
      if (slot.tag == tag) return slot.number;
      if (slot.number == kNone) return kNone;
    }
  }

  // Brings the place where a hash would stand into the cache; Find comes some hashes later.
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

 private:
  // Eight bytes, so that a look-up is one line of the cache, and many lines stay there.
  struct Slot {
    uint32_t tag = 0;
    uint32_t number = kNone;
  };
  // Never that of an empty slot.
  static uint32_t TagOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32) | 1; }

  std::vector<Slot> slots_;
  size_t mask_ = 0;
};

}  // namespace clearway
