#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace clearway {

// What every part of the model knows of one hashed feature, so that one look-up serves them all.
// All zeros: nothing.
struct KnownFeature {
  // Code of its WeightTable::Entry.
  uint32_t verdict = 0;
  // Number of its row in the party's table.
  uint32_t party = 0;
  // How it weighs in the lift.
  int32_t lift = 0;
};

// Known features by 64-bit hash. Every hash has one slot where it may stand: entries of a bucket
// share a multiplier that was chosen so that all find room ("hash, displace, and compress",
// Belazzougui, Botelho and Dietzfelbinger 2009). So a look-up takes no branch, and as a slot is
// small and tells strangers off, most of what it reads stays in the nearer caches. Filled once, then
// read by any number of threads. Of so many strangers as there are slots, about one is taken for an
// entry.
class FeatureIndex {
 public:
  using Entry = std::pair<uint64_t, KnownFeature>;

  FeatureIndex() : FeatureIndex(std::vector<Entry>()) {}

  // No hash may occur twice. Those that are met often should stand first: the caches like it.
  explicit FeatureIndex(const std::vector<Entry>& entries);

  // False where entries found no room and are missing. By chance that does not happen: their hashes
  // were made to agree.
  bool complete() const { return complete_; }

  const KnownFeature& Find(uint64_t hash) const { return finder().Find(hash); }

  // Where a feature stands.
  using Place = uint32_t;
  // There stands what is not known.
  static constexpr Place kNowhere = 0;

  // Looks up; a copy of what a loop wants in registers. The index must outlive it.
  class Finder {
   public:
    Place PlaceOf(uint64_t hash) const {
      const uint32_t slot = slots_[SlotOf(hash, multipliers_[BucketOf(hash)], slot_shift_)];
      // All ones where nothing differs. Compilers like to make branches of conditions, and nobody
      // could guess this one.
      const int64_t difference = (slot ^ static_cast<uint32_t>(hash)) & ~place_mask_;
      return slot & place_mask_ & static_cast<Place>((difference - 1) >> 63);
    }
    // Will be read soon.
    void Prefetch(Place place) const { __builtin_prefetch(&features_[place]); }
    const KnownFeature& operator[](Place place) const { return features_[place]; }
    const KnownFeature& Find(uint64_t hash) const { return (*this)[PlaceOf(hash)]; }

   private:
    friend class FeatureIndex;
    explicit Finder(const FeatureIndex& index)
        : multipliers_(index.multipliers_.data()),
          slots_(index.slots_.data()),
          features_(index.features_.data()),
          slot_shift_(index.slot_shift_),
          place_mask_(index.place_mask_) {}

    const uint16_t* multipliers_;
    const uint32_t* slots_;
    const KnownFeature* features_;
    unsigned slot_shift_;
    uint32_t place_mask_;
  };
  Finder finder() const { return Finder(*this); }

 private:
  // Few enough to stay in the nearest cache.
  static constexpr unsigned kBucketBits = 13;
  static size_t BucketOf(uint64_t hash) { return hash >> (64 - kBucketBits); }
  static size_t SlotOf(uint64_t hash, uint64_t multiplier, unsigned shift) {
    return (hash * multiplier) >> shift;
  }

  // Whether a multiplier was found with which all of a bucket, given by their places and hashes,
  // stand in slots of their own.
  using Bucket = std::vector<std::pair<Place, uint64_t>>;
  bool Settle(const Bucket& bucket);

  // By bucket, which is what the hash begins with.
  std::vector<uint16_t> multipliers_;
  // A place, and above it bits of the hash; 0 where none settled.
  std::vector<uint32_t> slots_;
  // By place.
  std::vector<KnownFeature> features_;
  unsigned slot_shift_ = 0;
  uint32_t place_mask_ = 0;
  bool complete_ = true;
};

}  // namespace clearway
