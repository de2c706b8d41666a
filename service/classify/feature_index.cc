#include "service/classify/feature_index.h"

#include <algorithm>
#include <bit>

namespace clearway {
namespace {

// With fewer slots free, the last buckets search long.
size_t SlotsFor(size_t entries) { return std::bit_ceil(entries + entries / 8 + 2); }

}  // namespace

FeatureIndex::FeatureIndex(const std::vector<Entry>& entries) {
  // Where slots are few, the last bucket may find no room by chance; among twice as many it does.
  constexpr size_t kMostTimesAsMany = 4;
  const size_t slots = SlotsFor(entries.size());
  for (size_t times = 1; times <= kMostTimesAsMany && !complete_; times *= 2) {
    complete_ = SettleAll(entries, times * slots);
  }
}

bool FeatureIndex::SettleAll(const std::vector<Entry>& entries, size_t slots) {
  multipliers_.assign(size_t{1} << kBucketBits, 1);
  slots_.assign(slots, Slot());
  places_ = static_cast<Place>((slots - 1) * sizeof(Slot));
  std::vector<std::vector<Entry>> buckets(multipliers_.size());
  for (const Entry& entry : entries) buckets[BucketOf(entry.first)].push_back(entry);
  // Large ones first, while there is room.
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<bool> taken(slots_.size());
  taken[kNowhere / sizeof(Slot)] = true;
  return std::all_of(buckets.begin(), buckets.end(), [&](const std::vector<Entry>& bucket) {
    return bucket.empty() || Settle(bucket, &taken);
  });
}

bool FeatureIndex::Settle(const std::vector<Entry>& bucket, std::vector<bool>* taken) {
  constexpr uint64_t kMultipliers = 1 << 16;
  // Odd ones, which lose nothing of the hash.
  for (uint64_t multiplier = 1; multiplier < kMultipliers; multiplier += 2) {
    size_t settled = 0;
    for (; settled < bucket.size(); ++settled) {
      const auto& [hash, feature] = bucket[settled];
      const size_t slot = PlaceOf(hash, multiplier, places_) / sizeof(Slot);
      if ((*taken)[slot]) break;
      (*taken)[slot] = true;
      slots_[slot] = {feature, TagOf(hash)};
    }
    if (settled == bucket.size()) {
      multipliers_[BucketOf(bucket.front().first)] = static_cast<uint16_t>(multiplier);
      return true;
    }
    while (settled > 0) {
      const size_t slot = PlaceOf(bucket[--settled].first, multiplier, places_) / sizeof(Slot);
      (*taken)[slot] = false;
      slots_[slot] = Slot();
    }
  }
  return false;
}

}  // namespace clearway
