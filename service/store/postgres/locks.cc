#include "service/store/postgres/locks.h"

#include "absl/strings/string_view.h"

namespace clearway {
namespace {

constexpr uint64_t kPrime = 0x100000001b3;

// FNV-1a: the same in every program, which absl::Hash is not.
uint64_t Mix(uint64_t hash, absl::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  // No byte of UTF-8: keeps ("a", "bc") and ("ab", "c") apart.
  return (hash ^ 0xff) * kPrime;
}

constexpr uint64_t kSeed = 0xcbf29ce484222325;

int32_t Folded(uint64_t hash) {
  return static_cast<int32_t>(static_cast<uint32_t>(hash ^ (hash >> 32)));
}

}  // namespace

PgLock TicketLock(const TicketKey& key) {
  uint64_t hash = kSeed;
  for (const absl::string_view part :
       {absl::string_view(key.tenant), absl::string_view(key.source), absl::string_view(key.key)}) {
    hash = Mix(hash, part);
  }
  return {kTicketLockClass, Folded(hash)};
}

PgLock MessagesLock(const std::string& tenant) {
  return {kMessagesLockClass, Folded(Mix(kSeed, tenant))};
}

int32_t LinkLock(const std::string& tenant, const std::string& source) {
  return TicketLock({tenant, source, ""}).number;
}

}  // namespace clearway
