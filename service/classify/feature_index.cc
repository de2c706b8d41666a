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
      place_shift_(static_cast<unsigned>(64 - std::countr_zero(slots_.size()))) {
  std::vector<std::vector<Entry>> buckets(multipliers_.size());
  for (const Entry& entry : entries) buckets[BucketOf(entry.first)].push_back(entry);
  // Large ones first, while there is room.
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<bool> taken(slots_.size());
  taken[kNowhere] = true;
  for (const std::vector<Entry>& bucket : buckets) {
    if (!bucket.empty() && !Settle(bucket, &taken)) complete_ = false;
  }
}

bool FeatureIndex::Settle(const std::vector<Entry>& bucket, std::vector<bool>* taken) {
  constexpr uint64_t kMultipliers = 1 << 16;
  // Odd ones, which lose nothing of the hash.
  for (uint64_t multiplier = 1; multiplier < kMultipliers; multiplier += 2) {
    size_t settled = 0;
    for (; settled < bucket.size(); ++settled) {
      const auto& [hash, feature] = bucket[settled];
      const Place place = PlaceOf(hash, multiplier, place_shift_);
      if ((*taken)[place]) break;
      (*taken)[place] = true;
      slots_[place] = {feature, TagOf(hash)};
    }
    if (settled == bucket.size()) {
      multipliers_[BucketOf(bucket.front().first)] = static_cast<uint16_t>(multiplier);
      return true;
    }
    while (settled > 0) {
      const Place place = PlaceOf(bucket[--settled].first, multiplier, place_shift_);
      (*taken)[place] = false;
      slots_[place] = Slot();
    }
  }
  return false;
}

}  // namespace clearway
