#include "service/server/page_token.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "openssl/sha.h"

#include "service/server/field_violations.h"

namespace clearway {
namespace {

constexpr int kDefaultPageSize = 50;
constexpr int kMaxPageSize = 1000;

// The same on every replica and after every restart, unlike absl::Hash.
std::string Fingerprint(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) {
    absl::StrAppend(&text, argument.size(), ":", argument);
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  constexpr size_t kBytes = 8;
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), kBytes));
}

}  // namespace

absl::StatusOr<Page> Pager::Parse(int32_t page_size, const std::string& page_token) const {
  if (page_size < 0) return InvalidField("page_size", "is negative; use 1 to 1000, or 0 for 50");
  Page page;
  page.size = 1 + (page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize));
  if (page_token.empty()) return page;
  std::string plain;
  if (!absl::WebSafeBase64Unescape(page_token, &plain)) return NoToken();
  const std::pair<std::string, std::string> parts = absl::StrSplit(plain, absl::MaxSplits(':', 1));
  int64_t id = 0;
  if (!absl::SimpleAtoi(parts.first, &id) || id <= 0) return NoToken();
  if (parts.second != Fingerprint(arguments_)) return NoToken();
  page.before_id = id;
  return page;
}

std::string Pager::Token(int64_t last_id) const {
  return absl::WebSafeBase64Escape(absl::StrCat(last_id, ":", Fingerprint(arguments_)));
}

std::string Pager::TokenOf(absl::string_view place) const {
  return absl::WebSafeBase64Escape(absl::StrCat(Fingerprint(arguments_), ":", place));
}

absl::StatusOr<std::string> Pager::PlaceOf(const std::string& page_token) const {
  std::string plain;
  if (!absl::WebSafeBase64Unescape(page_token, &plain)) return NoToken();
  const std::pair<std::string, std::string> parts = absl::StrSplit(plain, absl::MaxSplits(':', 1));
  if (parts.first != Fingerprint(arguments_)) return NoToken();
  return parts.second;
}

absl::Status Pager::NoToken() {
  return InvalidField("page_token",
                      "is not a token of this list; give back next_page_token with all other "
                      "arguments unchanged, or leave it empty");
}

}  // namespace clearway
