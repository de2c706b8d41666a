#include "service/store/store_registry.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace clearway {

void StoreRegistry::Register(std::string name, Factory factory) {
  factories_.insert_or_assign(std::move(name), std::move(factory));
}

absl::StatusOr<std::unique_ptr<Store>> StoreRegistry::Open(absl::string_view name) const {
  const auto found = factories_.find(name);
  if (found == factories_.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "unknown store back end \"", name, "\"; this program has: ",
        absl::StrJoin(factories_, ", ",
                      [](std::string* out, const auto& entry) { out->append(entry.first); })));
  }
  return found->second();
}

}  // namespace clearway
