#include "service/main/options.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "service/base/duration.h"
#include "service/base/http_server.h"
#include "service/base/status_macros.h"
#include "service/base/yaml_proto.h"
#include "service/server/resource_names.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

using config::v1::ServerConfig;

// Every key of the file that holds a value has its flag.
struct Flag {
  const char* name;
  const char* path;
  const char* help;
};
constexpr std::array kFlags = {
    Flag{"--grpc-address", "grpc_address", "host:port of the gRPC service [127.0.0.1:50051]"},
    Flag{"--http-address", "http_address",
         "host:port of /metrics, /healthz and /readyz [127.0.0.1:9464]"},
    Flag{"--tenants", "tenants", "comma-separated tenants that may send events [default]"},
    Flag{"--store-backend", "store.backend", "back end of the store [sqlite]"},
    Flag{"--store-path", "store.sqlite.path", "SQLite's database file [clearway.db]"},
    Flag{"--store-readers", "store.sqlite.readers", "SQLite connections for reading [4]"},
    Flag{"--postgres-conninfo-file", "store.postgres.conninfo_file",
         "file with a libpq connection string, in place of the next five"},
    Flag{"--postgres-host", "store.postgres.host", "PostgreSQL's host or socket folder [PGHOST]"},
    Flag{"--postgres-port", "store.postgres.port", "PostgreSQL's port [PGPORT]"},
    Flag{"--postgres-dbname", "store.postgres.dbname", "PostgreSQL database [PGDATABASE]"},
    Flag{"--postgres-user", "store.postgres.user", "PostgreSQL role [PGUSER]"},
    Flag{"--postgres-password-file", "store.postgres.password_file",
         "file with the role's password [PGPASSWORD]"},
    Flag{"--postgres-readers", "store.postgres.readers", "PostgreSQL connections for reading [4]"},
    Flag{"--postgres-statement-timeout", "store.postgres.statement_timeout",
         "longest time one PostgreSQL statement may take [30s]"},
    Flag{"--model-file", "model_file", "a model in place of the one built in"},
    Flag{"--shadow-model-file", "shadow_model_file",
         "a model that judges beside the other, for comparison in metrics"},
    Flag{"--policy-file", "policy_file", "a policy in place of the one built in"},
    Flag{"--playbook-file", "playbook_file", "playbooks in place of those built in"},
    Flag{"--directory-file", "directory_file", "who leads the parties that tickets wait for"},
    Flag{"--max-message-bytes", "limits.max_message_bytes", "largest message taken [4194304]"},
    Flag{"--max-pending-events", "limits.max_pending_events",
         "ingests waiting for the disk before new ones are refused [4096]"},
    Flag{"--max-deadline", "limits.max_deadline", "longest time a unary call may take [30s]"},
    Flag{"--max-metric-projects", "limits.max_metric_projects",
         "projects shown by name in metrics [50]"},
    Flag{"--reopen-window", "reopen_window",
         "time within which a blocker that comes back is the same one [7d]"},
    Flag{"--sweep-interval", "sweep_interval", "how often due escalations are looked for [10s]"},
    Flag{"--max-messages-per-minute", "pacing.max_messages_per_minute",
         "messages of one tenant within any minute; 0: no bound [60]"},
    Flag{"--gather", "pacing.gather",
         "how long what goes to the same people gathers after a message [5m]"},
    Flag{"--drain-timeout", "drain_timeout", "how long SIGTERM waits for calls under way [20s]"},
    Flag{"--retention-raw-events", "retention.raw_events",
         "how long events are kept as they came; 0: not at all [30d]"},
    Flag{"--retention-resolved-blockers", "retention.resolved_blockers",
         "how long blockers are kept once resolved; 0: for ever [0s]"},
    Flag{"--retention-feedback", "retention.feedback",
         "how long people's judgements are kept; 0: for ever [0s]"},
    Flag{"--retention-tickets", "retention.tickets",
         "how long tickets are kept after their last event; 0: for ever [0s]"},
    Flag{"--purge-interval", "retention.purge_interval",
         "how often what was kept for its time is deleted [10m]"},
    Flag{"--replay-folder", "replay_folder",
         "folder of the model and policy files that a replay may name"},
    Flag{"--review-blocked-below", "review.blocked_below",
         "confidence, 0 to 1, below which a blocked verdict is left to people [0]"},
    Flag{"--review-not-blocked-below", "review.not_blocked_below", "the same for NOT_BLOCKED [0]"},
};

void SetDuration(absl::Duration value, google::protobuf::Duration* field) {
  *field = ToProto(value);
}

ServerConfig Defaults() {
  ServerConfig config;
  config.set_grpc_address("127.0.0.1:50051");
  config.set_http_address("127.0.0.1:9464");
  config.mutable_store()->set_backend("sqlite");
  config.mutable_store()->mutable_sqlite()->set_path("clearway.db");
  config.mutable_store()->mutable_sqlite()->set_readers(4);
  config.mutable_store()->mutable_postgres()->set_readers(4);
  SetDuration(absl::Seconds(30),
              config.mutable_store()->mutable_postgres()->mutable_statement_timeout());
  config.mutable_limits()->set_max_message_bytes(4 << 20);
  config.mutable_limits()->set_max_pending_events(4096);
  config.mutable_limits()->set_max_metric_projects(50);
  SetDuration(absl::Seconds(30), config.mutable_limits()->mutable_max_deadline());
  SetDuration(absl::Hours(7 * 24), config.mutable_reopen_window());
  SetDuration(absl::Seconds(10), config.mutable_sweep_interval());
  SetDuration(absl::Seconds(20), config.mutable_drain_timeout());
  SetDuration(absl::Hours(24 * 30), config.mutable_retention()->mutable_raw_events());
  SetDuration(absl::Minutes(10), config.mutable_retention()->mutable_purge_interval());
  config.mutable_pacing()->set_max_messages_per_minute(60);
  SetDuration(absl::Minutes(5), config.mutable_pacing()->mutable_gather());
  return config;
}

// Where each value came from: "--flag" or "FILE:LINE", by path.
using Origins = std::map<std::string, std::string>;

class Checker {
 public:
  explicit Checker(const Origins& origins) : origins_(origins) {}

  void Fault(const std::string& path, absl::string_view what) {
    const auto origin = origins_.find(path);
    const std::string where = origin == origins_.end() ? "" : absl::StrCat(origin->second, ": ");
    faults_.push_back(absl::StrCat(where, path, " ", what));
  }

  void Address(const std::string& path, const std::string& value) {
    const absl::StatusOr<HostPort> parsed = ParseHostPort(value);
    if (!parsed.ok()) Fault(path, parsed.status().message());
  }

  void NotEmpty(const std::string& path, const std::string& value) {
    if (value.empty()) Fault(path, "must not be empty");
  }

  void Range(const std::string& path, int value, int low, int high) {
    if (value < low || value > high) Fault(path, absl::StrCat("must be ", low, " to ", high));
  }

  void Range(const std::string& path, const google::protobuf::Duration& value, absl::Duration low,
             absl::Duration high) {
    const absl::Duration duration = FromProto(value);
    if (duration < low || duration > high) {
      Fault(path, absl::StrCat("must be ", absl::FormatDuration(low), " to ", FormatAge(high)));
    }
  }

  void Tenants(const ServerConfig& config) {
    if (config.tenants().empty()) Fault("tenants", "must name at least one tenant");
    std::set<std::string> seen;
    for (int i = 0; i < config.tenants_size(); ++i) {
      const std::string& tenant = config.tenants(i);
      // A flag's items have no origin of their own.
      const std::string item = absl::StrCat("tenants[", i, "]");
      const std::string path = origins_.contains(item) ? item : "tenants";
      if (!IsLabel(tenant)) Fault(path, "must be 1 to 63 of a-z, 0-9 and -");
      if (!seen.insert(tenant).second) Fault(path, "repeats an earlier one");
    }
  }

  void Postgres(const config::v1::PostgresConfig& postgres) {
    Range("store.postgres.readers", postgres.readers(), 1, 64);
    Range("store.postgres.port", postgres.port(), 0, 65535);
    Range("store.postgres.statement_timeout", postgres.statement_timeout(), absl::Milliseconds(100),
          absl::Hours(1));
    const bool parts = postgres.port() != 0 || !postgres.host().empty() ||
                       !postgres.dbname().empty() || !postgres.user().empty() ||
                       !postgres.password_file().empty();
    if (parts && !postgres.conninfo_file().empty()) {
      Fault("store.postgres.conninfo_file",
            "says it all; leave host, port, dbname, user and password_file out");
    }
  }

  // 0, or `low` to 100 years.
  void Kept(const std::string& path, const google::protobuf::Duration& value, absl::Duration low) {
    const absl::Duration kept = FromProto(value);
    if (kept == absl::ZeroDuration()) return;
    const absl::Duration least = std::max(low, absl::Duration(absl::Hours(1)));
    if (kept < least || kept > absl::Hours(24 * 36500)) {
      Fault(path, absl::StrCat("must be 0, or ", FormatAge(least), " to 36500d"));
    }
  }

  void Retained(const ServerConfig& config) {
    const config::v1::RetentionConfig& retention = config.retention();
    const absl::Duration reopen = FromProto(config.reopen_window());
    Kept("retention.raw_events", retention.raw_events(), absl::ZeroDuration());
    Kept("retention.resolved_blockers", retention.resolved_blockers(), reopen);
    Kept("retention.feedback", retention.feedback(), absl::ZeroDuration());
    Kept("retention.tickets", retention.tickets(), reopen);
    Range("retention.purge_interval", retention.purge_interval(), absl::Milliseconds(10),
          absl::Hours(24));
  }

  void Review(const std::string& path, const config::v1::ReviewConfig& review) {
    Probability(path + ".blocked_below", review.blocked_below());
    Probability(path + ".not_blocked_below", review.not_blocked_below());
  }

  void TenantSettings(const ServerConfig& config) {
    const std::set<std::string> tenants(config.tenants().begin(), config.tenants().end());
    std::set<std::string> seen;
    for (int i = 0; i < config.tenant_settings_size(); ++i) {
      const config::v1::TenantConfig& settings = config.tenant_settings(i);
      const std::string item = absl::StrCat("tenant_settings[", i, "]");
      const std::string& tenant = settings.tenant();
      if (tenant.empty()) {
        Fault(item, "names no tenant");
      } else if (!tenants.contains(tenant)) {
        Fault(item + ".tenant", absl::StrCat("is \"", tenant, "\", which is none of `tenants`"));
      } else if (!seen.insert(tenant).second) {
        Fault(item + ".tenant", "repeats an earlier one");
      }
      Review(item + ".review", settings.review());
    }
  }

  absl::Status Result() const {
    if (faults_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(faults_, "\n"));
  }

 private:
  void Probability(const std::string& path, double value) {
    // Said so that not-a-number is refused too.
    if (!(value >= 0 && value <= 1)) Fault(path, "must be 0 to 1");
  }

  const Origins& origins_;
  std::vector<std::string> faults_;
};

absl::Status Check(const ServerConfig& config, const Origins& origins) {
  Checker check(origins);
  check.Address("grpc_address", config.grpc_address());
  check.Address("http_address", config.http_address());
  check.Tenants(config);
  check.NotEmpty("store.backend", config.store().backend());
  check.NotEmpty("store.sqlite.path", config.store().sqlite().path());
  check.Range("store.sqlite.readers", config.store().sqlite().readers(), 1, 64);
  check.Postgres(config.store().postgres());
  const config::v1::Limits& limits = config.limits();
  check.Range("limits.max_message_bytes", limits.max_message_bytes(), 1 << 10, 64 << 20);
  check.Range("limits.max_pending_events", limits.max_pending_events(), 1, 1'000'000);
  check.Range("limits.max_metric_projects", limits.max_metric_projects(), 0, 10'000);
  check.Range("limits.max_deadline", limits.max_deadline(), absl::Milliseconds(1), absl::Hours(1));
  check.Range("reopen_window", config.reopen_window(), absl::ZeroDuration(), absl::Hours(24 * 365));
  check.Range("sweep_interval", config.sweep_interval(), absl::Milliseconds(10), absl::Hours(1));
  check.Range("pacing.max_messages_per_minute", config.pacing().max_messages_per_minute(), 0,
              100'000);
  check.Range("pacing.gather", config.pacing().gather(), absl::ZeroDuration(), absl::Hours(24 * 7));
  check.Range("drain_timeout", config.drain_timeout(), absl::ZeroDuration(), absl::Hours(1));
  check.Retained(config);
  check.Review("review", config.review());
  check.TenantSettings(config);
  return check.Result();
}

struct CommandLine {
  std::string config_file;
  // Flags given, by path.
  std::map<std::string, std::string> values;
  std::optional<std::string> print;
};

absl::StatusOr<CommandLine> ParseCommandLine(std::vector<std::string> args) {
  CommandLine result;
  CLI::App app("Says whether a ticket is stuck, why, who must act and what to do next.",
               "clearwayd");
  app.set_version_flag("--version", "clearwayd " CLEARWAY_VERSION);
  app.add_option("--config", result.config_file, "YAML file; flags override it");
  std::array<std::string, kFlags.size()> texts;
  for (size_t i = 0; i < kFlags.size(); ++i) {
    app.add_option(kFlags[i].name, texts[i], kFlags[i].help);
  }
  // CLI11 reports by throwing; this is the one place that catches it.
  try {
    std::reverse(args.begin(), args.end());  // as it wants them
    app.parse(args);
  } catch (const CLI::CallForHelp&) {
    result.print = app.help();
  } catch (const CLI::CallForVersion&) {
    result.print = "clearwayd " CLEARWAY_VERSION "\n";
  } catch (const CLI::Error& e) {
    return absl::InvalidArgumentError(absl::StrCat(e.what(), "; see clearwayd --help"));
  }
  for (size_t i = 0; i < kFlags.size(); ++i) {
    if (app.count(kFlags[i].name) > 0) result.values[kFlags[i].path] = texts[i];
  }
  return result;
}

// What `own` leaves out is taken from `usual`.
ReviewThresholds ToThresholds(const config::v1::ReviewConfig& own, const ReviewThresholds& usual) {
  return {own.has_blocked_below() ? own.blocked_below() : usual.blocked_below,
          own.has_not_blocked_below() ? own.not_blocked_below() : usual.not_blocked_below};
}

ReviewPolicy ToReviewPolicy(const ServerConfig& config) {
  const ReviewThresholds usual = ToThresholds(config.review(), ReviewThresholds());
  absl::flat_hash_map<std::string, ReviewThresholds> own;
  for (const config::v1::TenantConfig& settings : config.tenant_settings()) {
    own.emplace(settings.tenant(), ToThresholds(settings.review(), usual));
  }
  return {usual, std::move(own)};
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& args) {
  ASSIGN_OR_RETURN(const CommandLine line, ParseCommandLine(args));
  Options options{Defaults(), line.print};
  if (options.print.has_value()) return options;
  Origins origins;
  if (!line.config_file.empty()) {
    YamlLines lines;
    RETURN_IF_ERROR(ParseYamlFile(line.config_file, &options.config, &lines));
    for (const auto& [path, number] : lines) {
      origins[path] = absl::StrCat(line.config_file, ":", number);
    }
  }
  for (const Flag& flag : kFlags) {
    const auto given = line.values.find(flag.path);
    if (given == line.values.end()) continue;
    RETURN_IF_ERROR(SetYamlValue(flag.name, flag.path, given->second, &options.config));
    origins[flag.path] = flag.name;
    std::erase_if(origins, [&](const auto& entry) {
      return entry.first.starts_with(absl::StrCat(flag.path, "["));
    });
  }
  if (!origins.contains("tenants")) options.config.add_tenants("default");
  RETURN_IF_ERROR(Check(options.config, origins));
  return options;
}

ServerOptions ToServerOptions(const ServerConfig& config) {
  ServerOptions options;
  options.grpc_address = config.grpc_address();
  options.tenants = {config.tenants().begin(), config.tenants().end()};
  options.max_message_bytes = config.limits().max_message_bytes();
  options.max_pending_events = static_cast<size_t>(config.limits().max_pending_events());
  options.max_deadline = FromProto(config.limits().max_deadline());
  options.max_metric_projects = static_cast<size_t>(config.limits().max_metric_projects());
  options.reopen_window = FromProto(config.reopen_window());
  options.sweep_interval = FromProto(config.sweep_interval());
  options.pacing = {config.pacing().max_messages_per_minute(), FromProto(config.pacing().gather())};
  options.review = ToReviewPolicy(config);
  const config::v1::RetentionConfig& retention = config.retention();
  options.retention = {FromProto(retention.raw_events()), FromProto(retention.resolved_blockers()),
                       FromProto(retention.feedback()), FromProto(retention.tickets()),
                       FromProto(retention.purge_interval())};
  options.replay_folder = config.replay_folder();
  const config::v1::StoreConfig& store = config.store();
  options.read_threads = static_cast<size_t>(
      store.backend() == "postgres" ? store.postgres().readers() : store.sqlite().readers());
  return options;
}

}  // namespace clearway
