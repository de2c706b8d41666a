#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace clearway {

// What every part of the model knows of one hashed feature, so that one look-up serves them all.
// All zeros: nothing. Small, so that many share a line of the cache.
struct KnownFeature {
  // Above what `verdict` and `party` can hold.
  static constexpr uint32_t kTooLarge = 1 << 24;

  // Code of its WeightTable::Entry.
  uint32_t verdict : 24 = 0;
  // How it weighs in the lift, and how much more in the last sentence.
  int32_t lift : 8 = 0;
  // Number of its row in PartyModel::Prepared.
  uint32_t party : 24 = 0;
  int32_t last_lift : 8 = 0;
};

// Known features by 64-bit hash. Every hash has one place where it may stand: entries of a bucket
// share a multiplier that was chosen so that all find room ("hash, displace, and compress",
// Belazzougui, Botelho and Dietzfelbinger 2009). So the table is small, and a look-up reads one
// slot of it and takes no branch; what is known lies apart, in the order of how often it is met.
// Filled once, then read by any number of threads. A stranger is taken for an entry with a
// probability of the number of entries in 2^32.
class FeatureIndex {
 public:
  using Entry = std::pair<uint64_t, KnownFeature>;

  FeatureIndex() : FeatureIndex(std::vector<Entry>()) {}

  // No hash may occur twice. Those met most should come first: they lie side by side.
  explicit FeatureIndex(const std::vector<Entry>& entries);

  // False where entries found no room and are missing. By chance that does not happen: their hashes
  // were made to agree.
  bool complete() const { return complete_; }

  const KnownFeature& Find(uint64_t hash) const { return finder().Find(hash); }

  // The number of a feature, in the order in which they were given; of what is not known, how many
  // there are.
  using Place = uint32_t;

  // Looks up; a copy of what a loop wants in registers. The index must outlive it.
  class Finder {
   public:
    Place PlaceOf(uint64_t hash) const {
      const size_t slot = SlotOf(hash, multipliers_[BucketOf(hash)], last_slot_);
      // Not a condition, of which compilers like to make a branch that nobody could guess.
      return std::min(slots_[slot] ^ Veil(hash), nowhere_);
    }
    Place nowhere() const { return nowhere_; }
    const KnownFeature& operator[](Place place) const { return features_[place]; }
    const KnownFeature& Find(uint64_t hash) const { return (*this)[PlaceOf(hash)]; }

   private:
    friend class FeatureIndex;
    explicit Finder(const FeatureIndex& index)
        : multipliers_(index.multipliers_.data()),
          slots_(index.slots_.data()),
          features_(index.features_.data()),
          last_slot_(index.slots_.size() - 1),
          nowhere_(static_cast<Place>(index.features_.size() - 1)) {}

    const uint16_t* multipliers_;
    const uint32_t* slots_;
    const KnownFeature* features_;
    uint64_t last_slot_;
    Place nowhere_;
  };
  Finder finder() const { return Finder(*this); }

 private:
  static size_t SlotOf(uint64_t hash, uint64_t multiplier, uint64_t last_slot) {
    return (hash * multiplier) >> 32 & last_slot;
  }
  // A slot holds its entry's number xor this: with the hash of another one, no such number comes
  // out.
  static uint32_t Veil(uint64_t hash) { return static_cast<uint32_t>(hash); }
  // As many as fit the nearest cache together with what else is needed there.
  static constexpr unsigned kBucketBits = 13;
  static size_t BucketOf(uint64_t hash) { return hash >> (64 - kBucketBits); }

  // Numbers of entries by bucket.
  using Buckets = std::vector<std::vector<Place>>;
  // Makes the table anew with so many slots; whether all entries found room.
  bool SettleAll(const std::vector<Entry>& entries, const Buckets& buckets, size_t slots);
  // Whether a multiplier was found with which they all stand in slots of their own.
  bool Settle(const std::vector<Entry>& entries, const std::vector<Place>& bucket,
              std::vector<bool>* taken);

  // By bucket, which is what the hash begins with.
  std::vector<uint16_t> multipliers_;
  std::vector<uint32_t> slots_;
  // By number; behind the last one, one that is all zeros.
  std::vector<KnownFeature> features_;
  bool complete_ = false;
};

}  // namespace clearway
