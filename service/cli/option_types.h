#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"

namespace clearway {

// Options whose values the command-line library cannot read by itself.

// "30s", "2d"; see service/base/duration.h.
CLI::Option* AddDurationOption(CLI::App& command, const std::string& name, absl::Duration* value,
                               const std::string& help);

enum class OutputFormat { kTable, kJson };

// --format table|json.
CLI::Option* AddFormatOption(CLI::App& command, OutputFormat* format);

// Files in JSON Lines ("-" is the standard input, the default), and the flag that says so.
void AddJsonLinesOptions(CLI::App& command, std::vector<std::string>* files);

}  // namespace clearway
