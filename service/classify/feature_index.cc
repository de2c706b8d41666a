#include "service/classify/feature_index.h"

#include <algorithm>
#include <bit>

namespace clearway {
namespace {

// With fewer slots free, the last buckets search long.
size_t SlotsFor(size_t entries) { return std::bit_ceil(entries + entries / 8 + 2); }

}  // namespace

FeatureIndex::FeatureIndex(const std::vector<Entry>& entries) {
  features_.reserve(entries.size() + 1);
  Buckets buckets(size_t{1} << kBucketBits);
  for (const auto& [hash, feature] : entries) {
    buckets[BucketOf(hash)].push_back(static_cast<Place>(features_.size()));
    features_.push_back(feature);
  }
  features_.emplace_back();
  // Large ones first, while there is room.
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  // Where slots are few, the last bucket may find no room by chance; among twice as many it does.
  constexpr size_t kMostTimesAsMany = 4;
  const size_t slots = SlotsFor(entries.size());
  for (size_t times = 1; times <= kMostTimesAsMany && !complete_; times *= 2) {
    complete_ = SettleAll(entries, buckets, times * slots);
  }
}

bool FeatureIndex::SettleAll(const std::vector<Entry>& entries, const Buckets& buckets,
                             size_t slots) {
  multipliers_.assign(size_t{1} << kBucketBits, 1);
  slots_.assign(slots, 0);
  std::vector<bool> taken(slots);
  return std::all_of(buckets.begin(), buckets.end(), [&](const std::vector<Place>& bucket) {
    return bucket.empty() || Settle(entries, bucket, &taken);
  });
}

bool FeatureIndex::Settle(const std::vector<Entry>& entries, const std::vector<Place>& bucket,
                          std::vector<bool>* taken) {
  constexpr uint64_t kMultipliers = 1 << 16;
  const auto hash_of = [&](Place place) { return entries[place].first; };
  // Odd ones, which lose nothing of the hash.
  for (uint64_t multiplier = 1; multiplier < kMultipliers; multiplier += 2) {
    const auto slot_of = [&](Place place) {
      return SlotOf(hash_of(place), multiplier, slots_.size() - 1);
    };
    const auto crowded = std::find_if(bucket.begin(), bucket.end(), [&](Place place) {
      const size_t slot = slot_of(place);
      if ((*taken)[slot]) return true;
      (*taken)[slot] = true;
      return false;
    });
    if (crowded == bucket.end()) {
      multipliers_[BucketOf(hash_of(bucket.front()))] = static_cast<uint16_t>(multiplier);
      for (const Place place : bucket) slots_[slot_of(place)] = place ^ Veil(hash_of(place));
      return true;
    }
    std::for_each(bucket.begin(), crowded, [&](Place place) { (*taken)[slot_of(place)] = false; });
  }
  return false;
}

}  // namespace clearway
