#include "service/server/resource_names.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "service/base/status_macros.h"
#include "service/server/field_violations.h"

namespace clearway {
namespace {

// As we write them ourselves: no sign, no leading zero.
bool ParseNumber(absl::string_view text, int64_t* number) {
  return !text.empty() && absl::ascii_isdigit(text[0]) && text[0] != '0' &&
         absl::SimpleAtoi(text, number);
}

}  // namespace

absl::Status Tenants::Check(const std::string& tenant) const {
  if (names_.contains(tenant)) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("tenant \"", absl::string_view(tenant).substr(0, 63),
                   "\" is not configured; add it under `tenants:` in the server's configuration"));
}

absl::StatusOr<std::string> ParseParent(const std::string& name, const std::string& field,
                                        const Tenants& tenants) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  if (parts.size() != 2 || parts[0] != "tenants" || !IsLabel(parts[1])) {
    return InvalidField(field, "must be tenants/{tenant}, for example tenants/default");
  }
  RETURN_IF_ERROR(tenants.Check(parts[1]));
  return parts[1];
}

absl::StatusOr<BlockerRef> ParseBlockerName(const std::string& name, const std::string& field,
                                            const Tenants& tenants) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  BlockerRef ref;
  if (parts.size() != 4 || parts[0] != "tenants" || !IsLabel(parts[1]) || parts[2] != "blockers" ||
      !ParseNumber(parts[3], &ref.id)) {
    return InvalidField(field,
                        "must be tenants/{tenant}/blockers/{number}, for example "
                        "tenants/default/blockers/7");
  }
  ref.tenant = parts[1];
  RETURN_IF_ERROR(tenants.Check(ref.tenant));
  return ref;
}

bool IsLabel(const std::string& text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  });
}

}  // namespace clearway
