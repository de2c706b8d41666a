#pragma once

#include <string>

#include "nlohmann/json.hpp"

#include "service/domain/classification.h"

namespace clearway {

// A verdict as the commands print it: `id`, `category`, `reason`, `secondary`, `confidence`,
// `waiting_on`, `evidence` (each with `field`, the byte offsets `begin` and `end`, `text`,
// `begin_code_point`, `end_code_point` and `weight`, its contribution in log-odds) and
// `model_version`.
nlohmann::ordered_json VerdictJson(const std::string& id, const Classification& verdict);

// JSON text, whatever bytes its strings hold: invalid ones become U+FFFD. `indent` -1: one line.
std::string JsonText(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace clearway
