#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// Model files are laid down as the machine holds them; only little-endian machines are served.
static_assert(std::endian::native == std::endian::little);

template <typename T>
void AppendValue(const T& value, std::string* bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  bytes->append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
absl::Status ReadValue(absl::string_view* bytes, T* value) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes->size() < sizeof *value) return absl::DataLossError("the model file is cut short");
  std::memcpy(value, bytes->data(), sizeof *value);
  bytes->remove_prefix(sizeof *value);
  return absl::OkStatus();
}

template <typename T>
void AppendVector(const std::vector<T>& values, std::string* bytes) {
  AppendValue(static_cast<uint64_t>(values.size()), bytes);
  bytes->append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

template <typename T>
absl::Status ReadVector(absl::string_view* bytes, std::vector<T>* values) {
  static_assert(std::is_trivially_copyable_v<T>);
  uint64_t size = 0;
  if (absl::Status status = ReadValue(bytes, &size); !status.ok()) return status;
  if (size > bytes->size() / sizeof(T)) return absl::DataLossError("the model file is cut short");
  values->resize(size);
  if (size > 0) std::memcpy(values->data(), bytes->data(), size * sizeof(T));
  bytes->remove_prefix(size * sizeof(T));
  return absl::OkStatus();
}

}  // namespace clearway
