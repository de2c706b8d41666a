#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// HMAC-SHA256 in lower-case hex.
std::string HmacSha256Hex(absl::string_view secret, absl::string_view data);

// SHA-256 in lower-case hex.
std::string Sha256Hex(absl::string_view data);

// Checks `signature`, as "sha256=<hex>", against `body` and each of `secrets`: several, so that one
// can be replaced without a gap. Takes equally long wherever the signature is wrong and whichever
// secret it was made with. UNAUTHENTICATED names `header`, where the signature was looked for.
absl::Status VerifySha256Signature(absl::string_view header, absl::string_view signature,
                                   absl::string_view body, const std::vector<std::string>& secrets);

}  // namespace clearway
