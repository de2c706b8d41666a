#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace clearway {

// The tenants that the configuration names. Immutable, so thread-safe.
class Tenants {
 public:
  explicit Tenants(absl::flat_hash_set<std::string> names) : names_(std::move(names)) {}

  // NOT_FOUND, saying how to add it, for a tenant that is not configured.
  absl::Status Check(const std::string& tenant) const;

  const absl::flat_hash_set<std::string>& names() const { return names_; }

 private:
  absl::flat_hash_set<std::string> names_;
};

struct BlockerRef {
  std::string tenant;
  int64_t id = 0;
};

// "tenants/{tenant}" → tenant. INVALID_ARGUMENT names `field`; NOT_FOUND for a tenant not
// configured.
absl::StatusOr<std::string> ParseParent(const std::string& name, const std::string& field,
                                        const Tenants& tenants);

// "tenants/{tenant}/blockers/{number}". Errors as above.
absl::StatusOr<BlockerRef> ParseBlockerName(const std::string& name, const std::string& field,
                                            const Tenants& tenants);

// 1 to 63 of [a-z0-9-]: a tenant, a source.
bool IsLabel(const std::string& text);

}  // namespace clearway
