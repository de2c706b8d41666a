#pragma once

#include <cstddef>
#include <memory_resource>
#include <type_traits>

namespace clearway {

// An array whose elements hold anything until they are written: clearing what is written anyway
// takes time. `memory` must outlive it.
template <typename T>
class Scratch {
 public:
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

  Scratch(size_t size, std::pmr::memory_resource* memory)
      : memory_(memory),
        size_(size),
        data_(static_cast<T*>(memory->allocate(size * sizeof(T), alignof(T)))) {}
  ~Scratch() { memory_->deallocate(data_, size_ * sizeof(T), alignof(T)); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }
  T& operator[](size_t at) const { return data_[at]; }

 private:
  std::pmr::memory_resource* const memory_;
  const size_t size_;
  T* const data_;
};

}  // namespace clearway
