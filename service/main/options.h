#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "clearway/config/v1/server.pb.h"
#include "service/server/server.h"

namespace clearway {

// What clearwayd was told.
struct Options {
  // Complete and checked: every key has its value, from a flag, else the file, else the default.
  config::v1::ServerConfig config;
  // Set for --help and --version: to be printed, and nothing else to be done.
  std::optional<std::string> print;
};

// Reads the command line (without the program's name) and the configuration file it names. On any
// fault INVALID_ARGUMENT (or NOT_FOUND, PERMISSION_DENIED for the file) whose message has one line
// per fault, each with its file and line, or its flag.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& args);

ServerOptions ToServerOptions(const config::v1::ServerConfig& config);

}  // namespace clearway
