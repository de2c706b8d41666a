#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/escalation.h"
#include "service/domain/policy.h"

namespace clearway {

// Policies and playbooks from YAML; the schemas are in proto/clearway/config/v1/escalation.proto.
// Faults are INVALID_ARGUMENT as "FILE:LINE: where, what is wrong and what was expected", the first
// one found. `file` is only used in errors. All functions are thread-safe.

// Everything named is known, every route and ladder can be reached, and each ladder ascends, under
// whichever calendar it is climbed.
absl::StatusOr<EscalationPolicy> ParsePolicy(absl::string_view yaml, absl::string_view file);

// What the file leaves out, whole playbooks or single fields, is as in the built-in one. No braces
// that nothing is known for.
absl::StatusOr<Playbooks> ParsePlaybooks(absl::string_view yaml, absl::string_view file);

// The same of a file; NOT_FOUND or PERMISSION_DENIED when it cannot be read.
absl::StatusOr<EscalationPolicy> LoadPolicy(const std::string& path);
absl::StatusOr<Playbooks> LoadPlaybooks(const std::string& path);

// Those linked into the program.
absl::StatusOr<EscalationPolicy> BuiltInPolicy();
absl::StatusOr<Playbooks> BuiltInPlaybooks();

}  // namespace clearway
