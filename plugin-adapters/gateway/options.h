#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "clearway/config/v1/gateway.pb.h"
#include "plugin-adapters/gateway/webhook_adapter.h"
#include "service/base/yaml_proto.h"

namespace clearway {

// Where webhooks of one sender arrive, ready to serve.
struct WebhookEndpoint {
  // Outlives the gateway.
  const WebhookAdapter* adapter = nullptr;
  std::string path;
  std::string tenant;
  // Empty: unsigned requests are taken.
  std::vector<std::string> secrets;
};

struct GatewayOptions {
  // Every default applied.
  config::v1::GatewayConfig config;
  std::vector<WebhookEndpoint> endpoints;
};

// What a command line asks for: to serve, or to print something (help, version) and leave.
struct GatewayCommand {
  GatewayOptions options;
  std::string print;
};

using AdapterList = std::vector<std::unique_ptr<WebhookAdapter>>;

// Reads the command line, the file that --config names and the secret files. A flag goes before the
// file, the file before the default. INVALID_ARGUMENT, NOT_FOUND and the like as one line for
// people, with file and line number where a file is at fault; secrets are never part of it.
absl::StatusOr<GatewayCommand> ParseGatewayCommand(int argc, const char* const* argv,
                                                   const AdapterList& adapters);

// Applies defaults, checks every value and reads the secrets. `file` and `lines` say where the
// values stand; they only serve errors.
absl::StatusOr<GatewayOptions> CompleteOptions(config::v1::GatewayConfig config,
                                               const std::string& file, const YamlLines& lines,
                                               const AdapterList& adapters);

}  // namespace clearway
