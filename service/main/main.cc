// clearwayd: the composition root.
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "prometheus/registry.h"

#include "service/base/clock.h"
#include "service/base/file.h"
#include "service/base/http_server.h"
#include "service/base/log.h"
#include "service/base/random.h"
#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/escalation/directory_loader.h"
#include "service/escalation/planner.h"
#include "service/escalation/policy_loader.h"
#include "service/main/options.h"
#include "service/main/status_pages.h"
#include "service/main/stores.h"
#include "service/server/metrics.h"
#include "service/server/models.h"
#include "service/server/policies.h"
#include "service/server/server.h"
#include "service/store/store.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

using config::v1::ServerConfig;

constexpr int kExitFine = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

absl::StatusOr<std::shared_ptr<const Classifier>> LoadClassifier(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string model, ReadFile(file));
  absl::StatusOr<std::shared_ptr<const Classifier>> classifier = Classifier::FromModel(model);
  if (classifier.ok()) return classifier;
  return absl::Status(classifier.status().code(),
                      absl::StrCat(file, ": ", classifier.status().message()));
}

absl::StatusOr<LoadedModels> LoadModels(const ServerConfig& config) {
  LoadedModels models;
  ASSIGN_OR_RETURN(models.live, config.model_file().empty() ? Classifier::BuiltIn()
                                                            : LoadClassifier(config.model_file()));
  if (!config.shadow_model_file().empty()) {
    ASSIGN_OR_RETURN(models.shadow, LoadClassifier(config.shadow_model_file()));
  }
  return models;
}

absl::StatusOr<std::shared_ptr<const Planner>> LoadPlanner(const ServerConfig& config,
                                                           const std::string& policy_file) {
  ASSIGN_OR_RETURN(EscalationPolicy policy,
                   policy_file.empty() ? BuiltInPolicy() : LoadPolicy(policy_file));
  ASSIGN_OR_RETURN(Playbooks playbooks, config.playbook_file().empty()
                                            ? BuiltInPlaybooks()
                                            : LoadPlaybooks(config.playbook_file()));
  Directory directory;
  if (!config.directory_file().empty()) {
    ASSIGN_OR_RETURN(directory, LoadDirectory(config.directory_file()));
  }
  return std::make_shared<const Planner>(std::move(policy), std::move(playbooks),
                                         std::move(directory));
}

absl::StatusOr<std::shared_ptr<const Planner>> LoadPlanner(const ServerConfig& config) {
  return LoadPlanner(config, config.policy_file());
}

ServerOptions OptionsOf(const ServerConfig& config) {
  ServerOptions options = ToServerOptions(config);
  options.load_model = LoadClassifier;
  options.load_policy = [&config](const std::string& file) { return LoadPlanner(config, file); };
  return options;
}

// To be called before any thread is started, so that all of them leave the signals to sigwait.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A file at the limit of its size is a write that fails, like a full disk, and no reason to die.
  std::signal(SIGXFSZ, SIG_IGN);
  return signals;
}

std::string Bound(const std::string& address, int port) {
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

// Reloads models and policy at each SIGHUP. Returns the signal to stop.
int AwaitStop(const sigset_t& signals, Models& models, Policies& policies) {
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) return signal;
    // Logged and counted by themselves.
    models.Reload().IgnoreError();
    policies.Reload().IgnoreError();
  }
}

absl::Status Serve(const ServerConfig& config, LoadedModels loaded,
                   std::shared_ptr<const Planner> planner, const sigset_t& signals) {
  const SystemClock clock;
  Logger log(std::cerr, clock);
  const auto metrics = std::make_shared<prometheus::Registry>();
  RegisterProcessMetrics(*metrics, CLEARWAY_VERSION, clock.Now());
  SystemRandom random;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                   OpenStore(config.store(), random, *metrics, log));
  Models models(
      std::move(loaded), [&config] { return LoadModels(config); }, clock, log, *metrics);
  Policies policies(
      std::move(planner), [&config] { return LoadPlanner(config); }, clock, log, *metrics);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Server> server,
      Server::Start(OptionsOf(config), {*store, models, policies, clock, log, *metrics}));
  HttpServer::Options http_options;
  http_options.address = config.http_address();
  ASSIGN_OR_RETURN(const std::unique_ptr<HttpServer> http,
                   HttpServer::Start(http_options, StatusPages(*server, metrics)));
  log.Info("serving", {{"grpc_address", Bound(config.grpc_address(), server->grpc_port())},
                       {"http_address", Bound(config.http_address(), http->port())},
                       {"model", models.info().version},
                       {"store", config.store().backend()},
                       {"version", CLEARWAY_VERSION}});
  const int signal = AwaitStop(signals, models, policies);
  log.Info("draining", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  // The pages stay up meanwhile, so that /readyz says no.
  server->Drain(FromProto(config.drain_timeout()));
  log.Info("stopped");
  return absl::OkStatus();
}

int Fail(const absl::Status& status) {
  std::cerr << status.message() << '\n';
  return status.code() == absl::StatusCode::kInvalidArgument ? kExitUsage : kExitFailed;
}

int Run(const std::vector<std::string>& args) {
  const sigset_t signals = BlockSignals();
  const absl::StatusOr<Options> options = ParseOptions(args);
  if (options.ok() && options->print.has_value()) {
    std::cout << *options->print;
    return kExitFine;
  }
  absl::Status unusable = options.status();
  absl::StatusOr<LoadedModels> models;
  absl::StatusOr<std::shared_ptr<const Planner>> planner;
  if (unusable.ok()) {
    models = LoadModels(options->config);
    planner = LoadPlanner(options->config);
    unusable = models.ok() ? planner.status() : models.status();
  }
  if (!unusable.ok()) {
    std::cerr << unusable.message() << '\n';
    return kExitUsage;
  }
  const absl::Status served =
      Serve(options->config, *std::move(models), *std::move(planner), signals);
  return served.ok() ? kExitFine : Fail(served);
}

}  // namespace
}  // namespace clearway

int main(int argc, char** argv) {
  // Debian's Abseil looks for lock cycles at every lock: for tests, not for the way of every call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return clearway::Run(std::vector<std::string>(argv + 1, argv + argc));
}
