#include "plugin-adapters/gateway/options.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

#include "service/base/duration.h"
#include "service/base/file.h"
#include "service/base/http_server.h"
#include "service/base/status_macros.h"

namespace clearway {
namespace {

using config::v1::GatewayConfig;
using config::v1::WebhookSource;
using google::protobuf::Duration;

constexpr int64_t kMaxBodyBytes = 25 << 20;
constexpr int kThreads = 32;

Duration ToProtoDuration(absl::Duration duration) {
  Duration proto;
  proto.set_seconds(absl::ToInt64Seconds(duration));
  proto.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(duration - absl::Seconds(proto.seconds()))));
  return proto;
}

void ApplyDefaults(GatewayConfig* config) {
  if (config->http_address().empty()) config->set_http_address("127.0.0.1:8080");
  if (config->clearwayd_address().empty()) config->set_clearwayd_address("127.0.0.1:50051");
  if (config->max_body_bytes() == 0) config->set_max_body_bytes(kMaxBodyBytes);
  if (config->threads() == 0) config->set_threads(kThreads);
  if (!config->has_ingest_timeout()) {
    *config->mutable_ingest_timeout() = ToProtoDuration(absl::Seconds(8));
  }
  if (!config->has_retry_after()) {
    *config->mutable_retry_after() = ToProtoDuration(absl::Seconds(5));
  }
  for (WebhookSource& source : *config->mutable_sources()) {
    if (source.path().empty()) source.set_path(absl::StrCat("/webhooks/", source.kind()));
  }
}

bool IsTenant(const std::string& name) {
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
}

bool IsPath(const std::string& path) {
  return path.size() > 1 && path.front() == '/' &&
         std::all_of(path.begin(), path.end(), [](char c) {
           return absl::ascii_isalnum(c) ||
                  absl::string_view("/-_.~").find(c) != absl::string_view::npos;
         });
}

class Checker {
 public:
  Checker(const std::string& file, const YamlLines& lines, const AdapterList& adapters)
      : file_(file), lines_(lines), adapters_(adapters) {}

  absl::Status CheckValues(const GatewayConfig& config) const {
    RETURN_IF_ERROR(CheckAddress("http_address", config.http_address()));
    RETURN_IF_ERROR(CheckAddress("clearwayd_address", config.clearwayd_address()));
    if (config.max_body_bytes() < 1 || config.max_body_bytes() > int64_t{1} << 30) {
      return Fault("max_body_bytes", "must be between 1 and 1073741824");
    }
    if (config.threads() < 1 || config.threads() > 1024) {
      return Fault("threads", "must be between 1 and 1024");
    }
    RETURN_IF_ERROR(CheckDuration("ingest_timeout", config.ingest_timeout()));
    RETURN_IF_ERROR(CheckDuration("retry_after", config.retry_after()));
    if (config.sources().empty()) {
      return Fault("sources", "names nothing to take webhooks from; add a `kind` and a `tenant`");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<WebhookEndpoint> Resolve(const WebhookSource& source, const std::string& at) {
    WebhookEndpoint endpoint{nullptr, source.path(), source.tenant(), {}};
    ASSIGN_OR_RETURN(endpoint.adapter, FindAdapter(source.kind(), at));
    if (!IsPath(source.path())) {
      return Fault(at + ".path", "must begin with / and hold letters, digits and -_.~ alone");
    }
    if (!paths_.insert(source.path()).second) {
      return Fault(at + ".path", absl::StrCat("is taken already: ", source.path(),
                                              "; give each source a path of its own"));
    }
    if (!IsTenant(source.tenant())) {
      return Fault(at + ".tenant", "must be 1 to 63 of a-z, 0-9 and -");
    }
    if (source.allow_unsigned() != source.secret_files().empty()) {
      return Fault(at, "needs either `secret_files` or `allow_unsigned: true`");
    }
    for (int i = 0; i < source.secret_files_size(); ++i) {
      ASSIGN_OR_RETURN(std::string secret, ReadSecret(source.secret_files(i),
                                                      absl::StrCat(at, ".secret_files[", i, "]")));
      endpoint.secrets.push_back(std::move(secret));
    }
    return endpoint;
  }

 private:
  absl::Status Fault(const std::string& path, absl::string_view what) const {
    const auto line = lines_.find(path);
    const std::string where = line == lines_.end() ? (file_.empty() ? "" : file_ + ": ")
                                                   : absl::StrCat(file_, ":", line->second, ": ");
    return absl::InvalidArgumentError(absl::StrCat(where, path, " ", what));
  }

  absl::Status CheckAddress(const std::string& field, const std::string& address) const {
    const absl::StatusOr<HostPort> parsed = ParseHostPort(address);
    return parsed.ok() ? absl::OkStatus() : Fault(field, parsed.status().message());
  }

  absl::Status CheckDuration(const std::string& field, const Duration& duration) const {
    const bool positive = duration.seconds() > 0 || duration.nanos() > 0;
    if (positive && duration.seconds() <= 3600) return absl::OkStatus();
    return Fault(field, "must be more than 0s and at most 1h");
  }

  absl::StatusOr<const WebhookAdapter*> FindAdapter(const std::string& kind,
                                                    const std::string& at) const {
    std::vector<absl::string_view> known;
    for (const std::unique_ptr<WebhookAdapter>& adapter : adapters_) {
      if (adapter->kind() == kind) return adapter.get();
      known.push_back(adapter->kind());
    }
    return Fault(at + ".kind", absl::StrCat("must be one of ", absl::StrJoin(known, ", ")));
  }

  absl::StatusOr<std::string> ReadSecret(const std::string& path, const std::string& at) const {
    const absl::StatusOr<std::string> content = ReadFile(path);
    if (!content.ok()) return Fault(at, content.status().message());
    std::string secret(absl::StripTrailingAsciiWhitespace(*content));
    if (secret.empty()) return Fault(at, absl::StrCat("names an empty file, ", path));
    return secret;
  }

  const std::string& file_;
  const YamlLines& lines_;
  const AdapterList& adapters_;
  std::set<std::string> paths_{"/metrics", "/healthz", "/readyz"};
};

// Reads a flag's duration straight into the configuration.
CLI::callback_t DurationInto(Duration* proto) {
  return [proto](const CLI::results_t& values) {
    const absl::StatusOr<absl::Duration> duration = ParseDuration(values.back());
    if (!duration.ok()) throw CLI::ValidationError(std::string(duration.status().message()));
    *proto = ToProtoDuration(*duration);
    return true;
  };
}

}  // namespace

absl::StatusOr<GatewayOptions> CompleteOptions(GatewayConfig config, const std::string& file,
                                               const YamlLines& lines,
                                               const AdapterList& adapters) {
  ApplyDefaults(&config);
  Checker checker(file, lines, adapters);
  RETURN_IF_ERROR(checker.CheckValues(config));
  GatewayOptions options;
  for (int i = 0; i < config.sources_size(); ++i) {
    ASSIGN_OR_RETURN(WebhookEndpoint endpoint,
                     checker.Resolve(config.sources(i), absl::StrCat("sources[", i, "]")));
    options.endpoints.push_back(std::move(endpoint));
  }
  options.config = std::move(config);
  return options;
}

absl::StatusOr<GatewayCommand> ParseGatewayCommand(int argc, const char* const* argv,
                                                   const AdapterList& adapters) {
  GatewayConfig flags;
  std::string file;
  CLI::App app("Takes in the webhooks of trackers and hands them on to clearwayd.");
  app.name("clearway-gateway");
  app.set_version_flag("--version", CLEARWAY_VERSION);
  app.add_option("--config", file, "Configuration file, YAML (see docs/configuration.md)")
      ->required();
  app.add_option("--http-address", *flags.mutable_http_address(), "host:port to serve HTTP on");
  app.add_option("--clearwayd-address", *flags.mutable_clearwayd_address(),
                 "host:port of clearwayd");
  int64_t max_body_bytes = 0;
  app.add_option("--max-body-bytes", max_body_bytes, "Largest webhook body taken")
      ->check(CLI::PositiveNumber);
  int threads = 0;
  app.add_option("--threads", threads, "Requests served at a time")->check(CLI::PositiveNumber);
  Duration ingest_timeout;
  Duration retry_after;
  const auto* timeout_flag = app.add_option("--ingest-timeout", DurationInto(&ingest_timeout),
                                            "How long a webhook waits for clearwayd, as 8s");
  const auto* retry_flag = app.add_option("--retry-after", DurationInto(&retry_after),
                                          "What Retry-After says with a 503, as 5s");
  // CLI11 reports by throwing; nothing of it leaves here.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream ignored;
    if (app.exit(error, out, ignored) == 0) return GatewayCommand{{}, out.str()};
    return absl::InvalidArgumentError(absl::StrCat(error.what(), "; see --help"));
  }
  flags.set_max_body_bytes(max_body_bytes);
  flags.set_threads(threads);
  if (timeout_flag->count() > 0) *flags.mutable_ingest_timeout() = ingest_timeout;
  if (retry_flag->count() > 0) *flags.mutable_retry_after() = retry_after;

  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(file));
  GatewayConfig config;
  YamlLines lines;
  RETURN_IF_ERROR(ParseYaml(yaml, file, &config, &lines));
  config.MergeFrom(flags);
  GatewayCommand command;
  ASSIGN_OR_RETURN(command.options, CompleteOptions(std::move(config), file, lines, adapters));
  return command;
}

}  // namespace clearway
