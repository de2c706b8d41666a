#include "service/escalation/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

constexpr size_t kMaxName = 63;

}  // namespace

bool IsPolicyName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

std::string NameFault(absl::string_view name, absl::string_view wanted) {
  return absl::StrCat("is \"", name, "\"; ", wanted);
}

}  // namespace clearway
