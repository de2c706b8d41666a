#pragma once

#include "service/cli/command.h"

namespace clearway {

// `feedback export`.
void AddFeedbackExport(CLI::App& feedback, CommandContext& context);

}  // namespace clearway
