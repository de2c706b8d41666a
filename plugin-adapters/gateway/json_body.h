#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

#include "plugin-adapters/gateway/webhook_adapter.h"

namespace clearway {

// Parses JSON from outside, within bounds of depth and of values. Integers of 64 bits stay exact.
// INVALID_ARGUMENT with the byte at fault: bad JSON, bad UTF-8, or too much of it.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text);

// The JSON object that a webhook carries: its body, or the field `payload` of a form. UNIMPLEMENTED
// for another content type, else as ParseJson.
absl::StatusOr<nlohmann::json> ParseJsonBody(const Webhook& webhook);

}  // namespace clearway
