#include "service/server/replay_files.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/server/field_violations.h"

namespace clearway {
namespace {

constexpr size_t kMaxNameBytes = 128;

// Letters, digits, '.', '_' and '-', and no '.' in front: no way out of a folder.
bool IsPlainName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == '-';
         });
}

// Whatever is wrong with the file, it is not the caller's message.
absl::Status Unusable(const absl::Status& status) {
  return absl::FailedPreconditionError(status.message());
}

}  // namespace

absl::StatusOr<std::string> ReplayFiles::PathOf(const std::string& name,
                                                const std::string& field) const {
  if (!IsPlainName(name)) {
    return InvalidField(field, "must be the name of a file in the server's replay_folder");
  }
  if (folder_.empty()) {
    return absl::FailedPreconditionError(
        "the server has no replay_folder, so no file can be named; configure one");
  }
  return absl::StrCat(folder_, "/", name);
}

absl::StatusOr<std::shared_ptr<const Classifier>> ReplayFiles::Model(
    const std::string& name) const {
  ASSIGN_OR_RETURN(const std::string path, PathOf(name, "model_file"));
  absl::StatusOr<std::shared_ptr<const Classifier>> model = load_model_(path);
  if (!model.ok()) return Unusable(model.status());
  return model;
}

absl::StatusOr<std::shared_ptr<const Planner>> ReplayFiles::Policy(const std::string& name) const {
  ASSIGN_OR_RETURN(const std::string path, PathOf(name, "policy_file"));
  absl::StatusOr<std::shared_ptr<const Planner>> policy = load_policy_(path);
  if (!policy.ok()) return Unusable(policy.status());
  return policy;
}

}  // namespace clearway
