#include "service/classify/feature_index.h"

#include <algorithm>
#include <bit>

namespace clearway {
namespace {

// With fewer slots free, the last buckets search long.
size_t SlotsFor(size_t entries) { return std::bit_ceil(entries + entries / 8 + 2); }

}  // namespace

FeatureIndex::FeatureIndex(const std::vector<Entry>& entries)
    : multipliers_(size_t{1} << kBucketBits, 1),
      slots_(SlotsFor(entries.size())),
      features_(1),
      slot_shift_(static_cast<unsigned>(64 - std::countr_zero(slots_.size()))),
      place_mask_(static_cast<uint32_t>(std::bit_ceil(entries.size() + 1) - 1)) {
  std::vector<Bucket> buckets(multipliers_.size());
  for (const auto& [hash, feature] : entries) {
    buckets[BucketOf(hash)].emplace_back(static_cast<Place>(features_.size()), hash);
    features_.push_back(feature);
  }
  // Large ones first, while there is room.
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const Bucket& bucket : buckets) {
    if (!bucket.empty() && !Settle(bucket)) complete_ = false;
  }
}

bool FeatureIndex::Settle(const Bucket& bucket) {
  constexpr uint64_t kMultipliers = 1 << 16;
  // Odd ones, which lose nothing of the hash.
  for (uint64_t multiplier = 1; multiplier < kMultipliers; multiplier += 2) {
    size_t settled = 0;
    for (; settled < bucket.size(); ++settled) {
      const auto& [place, hash] = bucket[settled];
      uint32_t& slot = slots_[SlotOf(hash, multiplier, slot_shift_)];
      if (slot != 0) break;
      slot = (static_cast<uint32_t>(hash) & ~place_mask_) | place;
    }
    if (settled == bucket.size()) {
      multipliers_[BucketOf(bucket.front().second)] = static_cast<uint16_t>(multiplier);
      return true;
    }
    while (settled > 0) slots_[SlotOf(bucket[--settled].second, multiplier, slot_shift_)] = 0;
  }
  return false;
}

}  // namespace clearway
