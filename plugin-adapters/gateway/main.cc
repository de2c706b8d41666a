// clearway-gateway: webhooks in over HTTP, ticket events out to clearwayd.

#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#include "plugin-adapters/gateway/gateway.h"
#include "plugin-adapters/gateway/options.h"
#include "plugin-adapters/tracker/github/github_adapter.h"
#include "plugin-adapters/tracker/jira/jira_adapter.h"
#include "service/base/clock.h"
#include "service/base/log.h"

namespace clearway {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

// The one place that names the adapters.
AdapterList Adapters() {
  AdapterList adapters;
  adapters.push_back(std::make_unique<github::GitHubAdapter>());
  adapters.push_back(std::make_unique<jira::JiraAdapter>());
  return adapters;
}

int Main(int argc, char** argv) {
  // Blocked before any thread starts, so that all inherit it and sigwait below takes the signal.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  const AdapterList adapters = Adapters();
  const absl::StatusOr<GatewayCommand> command = ParseGatewayCommand(argc, argv, adapters);
  if (!command.ok()) {
    std::cerr << "clearway-gateway: " << command.status().message() << "\n";
    return kExitUsage;
  }
  if (!command->print.empty()) {
    std::cout << command->print;
    return 0;
  }
  const SystemClock clock;
  Logger logger(std::cerr, clock);
  const GatewayOptions& options = command->options;
  absl::StatusOr<std::unique_ptr<Gateway>> gateway = Gateway::Start(options, logger, clock);
  if (!gateway.ok()) {
    std::cerr << "clearway-gateway: " << gateway.status().message() << "\n";
    return kExitFailure;
  }
  const std::string& address = options.config.http_address();
  logger.Info("serving", {{"http_address", absl::StrCat(address.substr(0, address.rfind(':')), ":",
                                                        (*gateway)->port())},
                          {"clearwayd_address", options.config.clearwayd_address()}});
  int signal = 0;
  sigwait(&ending, &signal);
  logger.Info("draining");
  (*gateway)->Stop();
  logger.Info("stopped");
  return 0;
}

}  // namespace
}  // namespace clearway

int main(int argc, char** argv) { return clearway::Main(argc, argv); }
