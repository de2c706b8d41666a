#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/store/store.h"

namespace clearway {

// The back ends that a program was built with, by name. Filled once by its composition root, which
// binds each back end's own options into the factory. Not thread-safe.
class StoreRegistry {
 public:
  using Factory = std::function<absl::StatusOr<std::unique_ptr<Store>>()>;

  // A second factory of one name takes the place of the first.
  void Register(std::string name, Factory factory);

  // INVALID_ARGUMENT, naming the known ones, for an unknown name; else what the factory says.
  absl::StatusOr<std::unique_ptr<Store>> Open(absl::string_view name) const;

 private:
  std::map<std::string, Factory, std::less<>> factories_;
};

}  // namespace clearway
