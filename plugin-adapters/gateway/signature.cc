#include "plugin-adapters/gateway/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace clearway {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Hex(const Digest& digest) {
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace

std::string HmacSha256Hex(absl::string_view secret, absl::string_view data) {
  Digest digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), Bytes(data), data.size(),
       digest.data(), &size);
  return Hex(digest);
}

std::string Sha256Hex(absl::string_view data) {
  Digest digest{};
  SHA256(Bytes(data), data.size(), digest.data());
  return Hex(digest);
}

absl::Status VerifySha256Signature(absl::string_view header, absl::string_view signature,
                                   absl::string_view body,
                                   const std::vector<std::string>& secrets) {
  if (signature.empty()) {
    return absl::UnauthenticatedError(absl::StrCat(
        "the request has no ", header, " header; set the shared secret in the sender's webhook"));
  }
  std::string hex(signature);
  if (!absl::StartsWith(signature, "sha256=") || hex.size() != 7 + 2 * SHA256_DIGEST_LENGTH) {
    return absl::UnauthenticatedError(
        absl::StrCat(header, " must be \"sha256=\" and 64 hexadecimal digits"));
  }
  hex = absl::AsciiStrToLower(hex.substr(7));
  int matches = 0;
  for (const std::string& secret : secrets) {
    const std::string wanted = HmacSha256Hex(secret, body);
    matches |= static_cast<int>(CRYPTO_memcmp(wanted.data(), hex.data(), wanted.size()) == 0);
  }
  if (matches != 0) return absl::OkStatus();
  return absl::UnauthenticatedError(absl::StrCat(
      header, " does not match the body; the sender's secret is none of those configured"));
}

}  // namespace clearway
