#pragma once

#include "service/cli/command.h"

namespace clearway {

// `explain`, declared on `clearway policy`.
void AddPolicyExplain(CLI::App& policy, CommandContext& context);

}  // namespace clearway
