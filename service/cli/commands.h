#pragma once

#include "service/cli/command.h"

namespace clearway {

// On the classifier alone, without a server.
void AddClassifyCommand(CLI::App& app, CommandContext& context);
void AddExplainCommand(CLI::App& app, CommandContext& context);
void AddEvaluateCommand(CLI::App& app, CommandContext& context);
void AddTrainCommand(CLI::App& app, CommandContext& context);

// On files alone.
void AddPolicyCommand(CLI::App& app, CommandContext& context);
void AddPlaybooksCommand(CLI::App& app, CommandContext& context);

// Clients of clearwayd.
void AddIngestCommand(CLI::App& app, CommandContext& context);
void AddBlockersCommand(CLI::App& app, CommandContext& context);
void AddFeedbackCommand(CLI::App& app, CommandContext& context);
void AddEscalationsCommand(CLI::App& app, CommandContext& context);
void AddWatchCommand(CLI::App& app, CommandContext& context);
void AddReportCommand(CLI::App& app, CommandContext& context);
void AddRootsCommand(CLI::App& app, CommandContext& context);
void AddReplayCommand(CLI::App& app, CommandContext& context);
void AddEraseCommand(CLI::App& app, CommandContext& context);
void AddErasuresCommand(CLI::App& app, CommandContext& context);

}  // namespace clearway
