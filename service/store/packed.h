#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/blocker.h"
#include "service/domain/escalation.h"

namespace clearway {

// Lists that live in one column, as JSON. Reading anything else is DATA_LOSS.

std::string PackSpells(const std::vector<BlockedSpell>& spells);
absl::StatusOr<std::vector<BlockedSpell>> UnpackSpells(absl::string_view json);

// Bytes that are not UTF-8 become U+FFFD.
std::string PackTexts(const std::vector<std::string>& texts);
absl::StatusOr<std::vector<std::string>> UnpackTexts(absl::string_view json);

// All of one tenant, whose name is left out.
std::string PackMembers(const std::vector<EscalationMember>& members);
absl::StatusOr<std::vector<EscalationMember>> UnpackMembers(absl::string_view json,
                                                            absl::string_view tenant);

}  // namespace clearway
