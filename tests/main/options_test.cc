#include "service/main/options.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class OptionsTest : public ::testing::Test {
 protected:
  // Options from a configuration file with that content, and flags.
  absl::StatusOr<Options> Parse(const std::string& yaml, std::vector<std::string> flags = {}) {
    std::ofstream(file_) << yaml;
    flags.insert(flags.begin(), {"--config", file_});
    return ParseOptions(flags);
  }

  const testing::TempDir dir_;
  const std::string file_ = dir_.File("clearwayd.yaml");
};

TEST_F(OptionsTest, DefaultsAreThoseTheSchemaStates) {
  const absl::StatusOr<Options> options = ParseOptions({});
  ASSERT_THAT(options, IsOk());
  const config::v1::ServerConfig& config = options->config;
  EXPECT_EQ(config.grpc_address(), "127.0.0.1:50051");
  EXPECT_EQ(config.http_address(), "127.0.0.1:9464");
  EXPECT_THAT(config.tenants(), ElementsAre("default"));
  EXPECT_EQ(config.store().backend(), "sqlite");
  EXPECT_EQ(config.store().sqlite().path(), "clearway.db");
  EXPECT_EQ(config.store().sqlite().readers(), 4);
  EXPECT_EQ(config.limits().max_message_bytes(), 4 << 20);
  EXPECT_EQ(config.limits().max_pending_events(), 4096);
  EXPECT_EQ(config.limits().max_metric_projects(), 50);
  const ServerOptions server = ToServerOptions(config);
  EXPECT_EQ(server.max_deadline, absl::Seconds(30));
  EXPECT_EQ(server.reopen_window, absl::Hours(7 * 24));
  EXPECT_EQ(server.sweep_interval, absl::Seconds(10));
  EXPECT_EQ(config.drain_timeout().seconds(), 20);
  EXPECT_EQ(server.pacing.per_minute, 60);
  EXPECT_EQ(server.pacing.gather, absl::Minutes(5));
}

TEST_F(OptionsTest, RetentionKeepsRawEventsAMonthAndTheRestForEver) {
  const Retention retention = ToServerOptions(ParseOptions({})->config).retention;
  EXPECT_EQ(retention.raw_events, absl::Hours(24 * 30));
  EXPECT_EQ(retention.resolved_blockers, absl::ZeroDuration());
  EXPECT_EQ(retention.feedback, absl::ZeroDuration());
  EXPECT_EQ(retention.tickets, absl::ZeroDuration());
  EXPECT_EQ(retention.purge_interval, absl::Minutes(10));
}

TEST_F(OptionsTest, RetentionIsReadFromTheFileAndFlags) {
  const absl::StatusOr<Options> options =
      Parse("retention: {raw_events: 2d, feedback: 400d}\nreplay_folder: /models\n",
            {"--retention-tickets", "8d", "--retention-raw-events", "0s"});
  ASSERT_THAT(options, IsOk());
  const ServerOptions server = ToServerOptions(options->config);
  EXPECT_EQ(server.retention.raw_events, absl::ZeroDuration());
  EXPECT_EQ(server.retention.feedback, absl::Hours(24 * 400));
  EXPECT_EQ(server.retention.tickets, absl::Hours(24 * 8));
  EXPECT_EQ(server.replay_folder, "/models");
}

TEST_F(OptionsTest, RetentionThatMakesNoSenseIsRefused) {
  EXPECT_THAT(Parse("retention:\n  raw_events: 5m\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(":2: retention.raw_events"), HasSubstr("or 1h"))));
  EXPECT_THAT(Parse("retention: {resolved_blockers: 6d}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("retention.resolved_blockers"), HasSubstr("7d"))));
  EXPECT_THAT(Parse("retention: {tickets: 6d}\nreopen_window: 1h\n"), IsOk());
  EXPECT_THAT(Parse("retention: {purge_interval: 0s}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("purge_interval")));
}

TEST_F(OptionsTest, FileOverridesDefaultsAndFlagsOverrideTheFile) {
  const absl::StatusOr<Options> options =
      Parse("grpc_address: 0.0.0.0:1\nhttp_address: 0.0.0.0:2\nlimits: {max_pending_events: 7}\n",
            {"--http-address", "0.0.0.0:3", "--max-deadline", "5s"});
  ASSERT_THAT(options, IsOk());
  EXPECT_EQ(options->config.grpc_address(), "0.0.0.0:1");
  EXPECT_EQ(options->config.http_address(), "0.0.0.0:3");
  EXPECT_EQ(options->config.limits().max_pending_events(), 7);
  EXPECT_EQ(options->config.limits().max_deadline().seconds(), 5);
  EXPECT_EQ(options->config.limits().max_metric_projects(), 50);
}

TEST_F(OptionsTest, TenantsOfAFlagTakeThePlaceOfTheFiles) {
  EXPECT_THAT(Parse("tenants: [acme, globex]\n")->config.tenants(), ElementsAre("acme", "globex"));
  EXPECT_THAT(Parse("tenants: [acme]\n", {"--tenants", "a,b"})->config.tenants(),
              ElementsAre("a", "b"));
}

TEST_F(OptionsTest, TenantsTakeFromTheUsualReviewWhatTheyLeaveOut) {
  const absl::StatusOr<Options> options = Parse(
      "tenants: [acme, globex]\n"
      "review: {blocked_below: 0.6, not_blocked_below: 0.4}\n"
      "tenant_settings:\n- {tenant: acme, review: {blocked_below: 0}}\n",
      {"--review-not-blocked-below", "0.3"});
  ASSERT_THAT(options, IsOk());
  const ReviewPolicy review = ToServerOptions(options->config).review;
  EXPECT_EQ(review.For("globex"), (ReviewThresholds{0.6, 0.3}));
  EXPECT_EQ(review.For("acme"), (ReviewThresholds{0, 0.3}));
}

TEST_F(OptionsTest, NothingIsLeftToReviewUnlessAskedFor) {
  EXPECT_EQ(ToServerOptions(ParseOptions({})->config).review.For("default"), ReviewThresholds());
}

// A key added to the schema gets a flag and a default, or this fails.
TEST_F(OptionsTest, EveryKeyHasItsFlag) {
  const std::string help = *ParseOptions({"--help"})->print;
  for (const char* flag : {"--grpc-address",
                           "--http-address",
                           "--tenants",
                           "--store-backend",
                           "--store-path",
                           "--store-readers",
                           "--model-file",
                           "--shadow-model-file",
                           "--policy-file",
                           "--playbook-file",
                           "--postgres-conninfo-file",
                           "--postgres-host",
                           "--postgres-port",
                           "--postgres-dbname",
                           "--postgres-user",
                           "--postgres-password-file",
                           "--postgres-readers",
                           "--postgres-statement-timeout",
                           "--max-message-bytes",
                           "--max-pending-events",
                           "--max-deadline",
                           "--max-metric-projects",
                           "--reopen-window",
                           "--sweep-interval",
                           "--max-messages-per-minute",
                           "--gather",
                           "--directory-file",
                           "--retention-resolved-blockers",
                           "--retention-feedback",
                           "--purge-interval",
                           "--replay-folder",
                           "--drain-timeout",
                           "--review-blocked-below",
                           "--review-not-blocked-below",
                           "--config"}) {
    EXPECT_THAT(help, HasSubstr(flag));
  }
  EXPECT_EQ(config::v1::ServerConfig::descriptor()->field_count() +
                config::v1::StoreConfig::descriptor()->field_count() +
                config::v1::SqliteConfig::descriptor()->field_count() +
                config::v1::PostgresConfig::descriptor()->field_count() +
                config::v1::Limits::descriptor()->field_count() +
                config::v1::PacingConfig::descriptor()->field_count() +
                config::v1::RetentionConfig::descriptor()->field_count() +
                config::v1::ReviewConfig::descriptor()->field_count(),
            36 + 8 /* sections */);
}

TEST_F(OptionsTest, HelpAndVersionArePrintedEvenBesideFaults) {
  EXPECT_THAT(ParseOptions({"--version"})->print, ::testing::Optional(StartsWith("clearwayd ")));
  EXPECT_THAT(ParseOptions({"--help", "--max-deadline", "never"}), IsOk());
}

struct FaultCase {
  const char* name;
  const char* yaml;
  const char* where;
  const char* what;
};

class FileFaultTest : public OptionsTest, public ::testing::WithParamInterface<FaultCase> {};

TEST_P(FileFaultTest, IsOneLineWithFileAndLine) {
  const absl::StatusOr<Options> options = Parse(GetParam().yaml);
  EXPECT_THAT(options,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith(file_ + GetParam().where), HasSubstr(GetParam().what),
                             ::testing::Not(HasSubstr("\n")))));
}

const FaultCase kFaults[] = {
    {"UnknownKey", "grpc_address: a:1\ngrpc_adress: b:2\n", ":2: ", "grpc_adress"},
    {"AddressWithoutPort", "\ngrpc_address: localhost\n", ":2: ", "host:port"},
    {"NoTenants", "tenants: []\n", ":1: ", "tenants"},
    {"TenantInCapitals", "tenants:\n- acme\n- Globex\n", ":3: ", "tenants[1]"},
    {"TenantTwice", "tenants:\n- acme\n- acme\n", ":3: ", "tenants[1]"},
    {"ZeroReaders", "store:\n  sqlite:\n    readers: 0\n", ":3: ", "store.sqlite.readers"},
    {"EmptyPath", "store:\n  sqlite:\n    path: \"\"\n", ":3: ", "store.sqlite.path"},
    {"PostgresWithoutReaders", "store:\n  postgres:\n    readers: 0\n",
     ":3: ", "store.postgres.readers"},
    {"PostgresPortTooHigh", "store:\n  postgres:\n    port: 65536\n",
     ":3: ", "store.postgres.port"},
    {"PostgresWithoutTime", "store:\n  postgres:\n    statement_timeout: 0s\n",
     ":3: ", "store.postgres.statement_timeout"},
    {"ConninfoAndItsParts", "store:\n  postgres:\n    conninfo_file: f\n    user: u\n",
     ":3: ", "store.postgres.conninfo_file"},
    {"TinyMessages", "limits:\n  max_message_bytes: 3\n", ":2: ", "limits.max_message_bytes"},
    {"NegativePending", "limits:\n  max_pending_events: -1\n", ":2: ", "max_pending_events"},
    {"NoDeadline", "limits:\n  max_deadline: 0s\n", ":2: ", "limits.max_deadline"},
    {"SweepWithoutPause", "sweep_interval: 0s\n", ":1: ", "sweep_interval"},
    {"NegativePace", "pacing:\n  max_messages_per_minute: -1\n", ":2: ", "max_messages_per_minute"},
    {"GatherForWeeks", "pacing: {gather: 2w}\n", ":1: ", "pacing.gather"},
    {"DrainForDays", "drain_timeout: 2d\n", ":1: ", "drain_timeout"},
    {"ReviewAboveOne", "review:\n  blocked_below: 1.5\n", ":2: ", "review.blocked_below"},
    {"ReviewBelowZero", "review:\n  not_blocked_below: -0.1\n", ":2: ", "not_blocked_below"},
    {"ReviewOfNoNumber", "review:\n  blocked_below: nan\n", ":2: ", "must be 0 to 1"},
    {"SettingsOfAnUnknownTenant", "tenants: [acme]\ntenant_settings:\n- tenant: globex\n",
     ":3: ", "globex"},
    {"SettingsTwice", "tenants: [a]\ntenant_settings:\n- tenant: a\n- tenant: a\n",
     ":4: ", "repeats"},
    {"SettingsOfNobody", "tenant_settings:\n- review: {blocked_below: 0.5}\n", ":2: ", "no tenant"},
    {"OwnReviewAboveOne",
     "tenants: [a]\ntenant_settings:\n- tenant: a\n  review:\n    blocked_below: 2\n",
     ":5: ", "tenant_settings[0].review.blocked_below"},
    {"NegativeWindow", "reopen_window: -1h\n", ":1: ", "reopen_window"},
};
INSTANTIATE_TEST_SUITE_P(All, FileFaultTest, ::testing::ValuesIn(kFaults),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(OptionsTest, AllBadValuesAreToldAtOnceALineEach) {
  const absl::StatusOr<Options> options =
      Parse("grpc_address: x\nsweep_interval: 0s\n", {"--store-readers", "99"});
  EXPECT_THAT(options,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(":1: grpc_address"), HasSubstr(":2: sweep_interval"),
                             HasSubstr("--store-readers: "))));
}

TEST_F(OptionsTest, BadFlagsAreNamed) {
  EXPECT_THAT(ParseOptions({"--max-deadline", "soon"}),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("--max-deadline: ")));
  EXPECT_THAT(ParseOptions({"--tenants", "Acme"}),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("--tenants: ")));
  EXPECT_THAT(ParseOptions({"--tenants", ","}),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("--tenants: ")));
  EXPECT_THAT(ParseOptions({"--colour", "red"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseOptions({"stray"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseOptions({"--grpc-address"}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(OptionsTest, MissingFileIsNamed) {
  EXPECT_THAT(ParseOptions({"--config", "/none/such.yaml"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/such.yaml")));
}

}  // namespace
}  // namespace clearway
