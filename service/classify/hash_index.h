#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace clearway {

// Numbers by 64-bit hash. Every hash has one place where it may stand: entries of a bucket share a
// displacement that was chosen so that all find room ("hash, displace, and compress", Belazzougui,
// Botelho and Dietzfelbinger 2009). So the table is small, and a look-up reads one line of it and
// takes no branch. Filled once, then read by any number of threads. A stranger is taken for an
// entry with a probability of 2^-32.
class HashIndex {
 public:
  static constexpr uint32_t kNone = 0;

  HashIndex() : HashIndex(std::vector<std::pair<uint64_t, uint32_t>>()) {}

  // No hash may occur twice; kNone is no number.
  explicit HashIndex(const std::vector<std::pair<uint64_t, uint32_t>>& entries);

  // False where entries found no room and are missing. By chance that does not happen: their hashes
  // were made to agree.
  bool complete() const { return complete_; }

  // kNone when it is not there.
  uint32_t Find(uint64_t hash) const { return finder().Find(hash); }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t number = kNone;
  };

 public:
  // Looks up; a copy of what a loop wants in registers. The index must outlive it.
  class Finder {
   public:
    uint32_t Find(uint64_t hash) const {
      const Slot slot = slots_[PlaceOf(hash, displacements_[hash >> bucket_shift_]) & mask_];
      // Compilers like to make branches of conditions, and nobody could guess this one.
      const uint32_t mask = 0 - static_cast<uint32_t>(slot.tag == TagOf(hash));
      return slot.number & mask;
    }

   private:
    friend class HashIndex;
    explicit Finder(const HashIndex& index)
        : displacements_(index.displacements_.data()),
          slots_(index.slots_.data()),
          mask_(index.slots_.size() - 1),
          bucket_shift_(index.bucket_shift_) {}

    const uint16_t* displacements_;
    const Slot* slots_;
    uint64_t mask_;
    unsigned bucket_shift_;
  };
  Finder finder() const { return Finder(*this); }

 private:
  using Entry = std::pair<uint64_t, uint32_t>;

  static uint64_t PlaceOf(uint64_t hash, uint64_t displacement) {
    return hash + displacement * (hash >> 40 | 1);
  }
  static uint32_t TagOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

  Slot& SlotOf(uint64_t hash, uint64_t displacement) {
    return slots_[PlaceOf(hash, displacement) & (slots_.size() - 1)];
  }
  // Whether a displacement was found with which they all stand in slots of their own.
  bool Place(const std::vector<Entry>& bucket);

  // By bucket, which is what the hash begins with.
  std::vector<uint16_t> displacements_;
  unsigned bucket_shift_ = 0;
  std::vector<Slot> slots_;
  bool complete_ = true;
};

}  // namespace clearway
