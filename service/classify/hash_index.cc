#include "service/classify/hash_index.h"

#include <algorithm>
#include <bit>

namespace clearway {
namespace {

// With fewer slots free, the last buckets search long.
size_t SlotsFor(size_t entries) { return std::bit_ceil(entries + entries / 8 + 1); }

// About three entries each, but no fewer than two: a shift by 64 is none.
size_t BucketsFor(size_t entries) { return std::bit_ceil(entries / 4 + 2); }

}  // namespace

HashIndex::HashIndex(const std::vector<Entry>& entries)
    : displacements_(BucketsFor(entries.size())),
      bucket_shift_(static_cast<unsigned>(64 - std::countr_zero(displacements_.size()))),
      slots_(SlotsFor(entries.size())) {
  std::vector<std::vector<Entry>> buckets(displacements_.size());
  for (const Entry& entry : entries) buckets[entry.first >> bucket_shift_].push_back(entry);
  // Large ones first, while there is room.
  std::sort(buckets.begin(), buckets.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  for (const std::vector<Entry>& bucket : buckets) {
    if (!bucket.empty() && !Place(bucket)) complete_ = false;
  }
}

bool HashIndex::Place(const std::vector<Entry>& bucket) {
  constexpr uint64_t kDisplacements = 1 << 16;
  for (uint64_t displacement = 0; displacement < kDisplacements; ++displacement) {
    size_t placed = 0;
    for (; placed < bucket.size(); ++placed) {
      const auto& [hash, number] = bucket[placed];
      Slot& slot = SlotOf(hash, displacement);
      if (slot.number != kNone) break;
      slot = {TagOf(hash), number};
    }
    if (placed == bucket.size()) {
      displacements_[bucket.front().first >> bucket_shift_] = static_cast<uint16_t>(displacement);
      return true;
    }
    while (placed > 0) SlotOf(bucket[--placed].first, displacement) = Slot();
  }
  return false;
}

}  // namespace clearway
