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
  // Number of its row in PartyModel::Prepared.
  uint32_t party = 0;
  // How it weighs in the lift, and how much more in the last sentence.
  int16_t lift = 0;
  int16_t last_lift = 0;
};

// Known features by 64-bit hash. Every hash has one place where it may stand: entries of a bucket
// share a multiplier that was chosen so that all find room ("hash, displace, and compress",
// Belazzougui, Botelho and Dietzfelbinger 2009). So the table is small, and a look-up reads one
// line of it and takes no branch. Filled once, then read by any number of threads. A stranger is
// taken for an entry with a probability of 2^-32.
class FeatureIndex {
 public:
  using Entry = std::pair<uint64_t, KnownFeature>;

  FeatureIndex() : FeatureIndex(std::vector<Entry>()) {}

  // No hash may occur twice.
  explicit FeatureIndex(const std::vector<Entry>& entries);

  // False where entries found no room and are missing. By chance that does not happen: their hashes
  // were made to agree.
  bool complete() const { return complete_; }

  const KnownFeature& Find(uint64_t hash) const { return finder().Find(hash); }

 private:
  struct alignas(16) Slot {
    KnownFeature feature;
    uint32_t tag = 0;
  };

 public:
  // Where a feature stands: how many bytes behind the first slot.
  using Place = uint32_t;
  // There stands what is not known.
  static constexpr Place kNowhere = 0;

  // Looks up; a copy of what a loop wants in registers. The index must outlive it.
  class Finder {
   public:
    Place PlaceOf(uint64_t hash) const {
      const Place place = FeatureIndex::PlaceOf(hash, multipliers_[BucketOf(hash)], places_);
      // All ones where nothing differs. Compilers like to make branches of conditions, and nobody
      // could guess this one.
      const int64_t difference = SlotAt(place).tag ^ TagOf(hash);
      return place & static_cast<Place>((difference - 1) >> 63);
    }
    const KnownFeature& operator[](Place place) const { return SlotAt(place).feature; }
    const KnownFeature& Find(uint64_t hash) const { return (*this)[PlaceOf(hash)]; }

   private:
    friend class FeatureIndex;
    explicit Finder(const FeatureIndex& index)
        : multipliers_(index.multipliers_.data()),
          slots_(reinterpret_cast<const std::byte*>(index.slots_.data())),
          places_(index.places_) {}

    const Slot& SlotAt(Place place) const { return *reinterpret_cast<const Slot*>(slots_ + place); }

    const uint16_t* multipliers_;
    const std::byte* slots_;
    Place places_;
  };
  Finder finder() const { return Finder(*this); }

 private:
  // `places` has the bits that places may have.
  static Place PlaceOf(uint64_t hash, uint64_t multiplier, Place places) {
    return static_cast<Place>((hash * multiplier) >> 32) & places;
  }
  static uint32_t TagOf(uint64_t hash) { return static_cast<uint32_t>(hash); }
  // As many as fit the nearest cache together with what else is needed there.
  static constexpr unsigned kBucketBits = 13;
  static size_t BucketOf(uint64_t hash) { return hash >> (64 - kBucketBits); }

  // Makes the table anew with so many slots; whether all entries found room.
  bool SettleAll(const std::vector<Entry>& entries, size_t slots);
  // Whether a multiplier was found with which they all stand in slots of their own.
  bool Settle(const std::vector<Entry>& bucket, std::vector<bool>* taken);

  // By bucket, which is what the hash begins with.
  std::vector<uint16_t> multipliers_;
  std::vector<Slot> slots_;
  // The bits that places may have: all of them below the slots' end.
  Place places_ = 0;
  bool complete_ = false;
};

}  // namespace clearway
