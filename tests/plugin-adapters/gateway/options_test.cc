#include "plugin-adapters/gateway/options.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

class NamedAdapter final : public WebhookAdapter {
 public:
  explicit NamedAdapter(std::string kind) : kind_(std::move(kind)) {}
  absl::string_view kind() const override { return kind_; }
  absl::Status VerifySignature(const Webhook&, const std::vector<std::string>&) const override {
    return absl::OkStatus();
  }
  absl::StatusOr<WebhookEvents> Parse(const Webhook&) const override { return WebhookEvents{}; }

 private:
  std::string kind_;
};

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() {
    dir_ = std::filesystem::temp_directory_path() /
           absl::StrCat("gateway-options-", getpid(), "-",
                        ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(dir_);
    adapters_.push_back(std::make_unique<NamedAdapter>("github"));
    adapters_.push_back(std::make_unique<NamedAdapter>("jira"));
  }
  ~OptionsTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  std::string Write(const std::string& name, const std::string& content) {
    std::string path = dir_ / name;
    std::ofstream(path) << content;
    return path;
  }

  absl::StatusOr<GatewayCommand> Parse(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv = {"clearway-gateway"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return ParseGatewayCommand(static_cast<int>(argv.size()), argv.data(), adapters_);
  }

  absl::StatusOr<GatewayCommand> ParseFile(const std::string& yaml) {
    return Parse({"--config", Write("gateway.yaml", yaml)});
  }

  std::filesystem::path dir_;
  AdapterList adapters_;
};

constexpr char kUnsigned[] =
    "sources:\n- kind: github\n  tenant: default\n  allow_unsigned: true\n";

TEST_F(OptionsTest, DefaultsAreApplied) {
  const auto command = ParseFile(kUnsigned);
  ASSERT_THAT(command, IsOk());
  const config::v1::GatewayConfig& config = command->options.config;
  EXPECT_EQ(config.http_address(), "127.0.0.1:8080");
  EXPECT_EQ(config.clearwayd_address(), "127.0.0.1:50051");
  EXPECT_EQ(config.max_body_bytes(), 25 << 20);
  EXPECT_EQ(config.ingest_timeout().seconds(), 8);
  EXPECT_EQ(config.retry_after().seconds(), 5);
  EXPECT_EQ(config.threads(), 32);
  ASSERT_EQ(command->options.endpoints.size(), 1U);
  EXPECT_EQ(command->options.endpoints[0].path, "/webhooks/github");
  EXPECT_THAT(command->options.endpoints[0].secrets, IsEmpty());
}

TEST_F(OptionsTest, AFlagGoesBeforeTheFileAndTheFileBeforeTheDefault) {
  const std::string file = Write("gateway.yaml", absl::StrCat("http_address: 127.0.0.1:1\n",
                                                              "threads: 7\n"
                                                              "retry_after: 1m\n",
                                                              kUnsigned));
  const auto command =
      Parse({"--config", file, "--http-address", "127.0.0.1:2", "--retry-after", "90s"});
  ASSERT_THAT(command, IsOk());
  EXPECT_EQ(command->options.config.http_address(), "127.0.0.1:2");
  EXPECT_EQ(command->options.config.threads(), 7);
  EXPECT_EQ(command->options.config.retry_after().seconds(), 90);
  EXPECT_EQ(command->options.config.ingest_timeout().seconds(), 8);
}

TEST_F(OptionsTest, SecretsAreReadWithoutTrailingWhiteSpace) {
  const std::string first = Write("first", "one secret\r\n");
  const std::string second = Write("second", " another");
  const auto command =
      ParseFile(absl::StrCat("sources: [{kind: jira, tenant: acme, path: /in/jira, secret_files: [",
                             first, ", ", second, "]}]\n"));
  ASSERT_THAT(command, IsOk());
  const WebhookEndpoint& endpoint = command->options.endpoints[0];
  EXPECT_THAT(endpoint.secrets, ElementsAre("one secret", " another"));
  EXPECT_EQ(endpoint.adapter->kind(), "jira");
  EXPECT_EQ(endpoint.tenant, "acme");
  EXPECT_EQ(endpoint.path, "/in/jira");
}

TEST_F(OptionsTest, HelpAndVersionArePrinted) {
  for (const char* flag : {"--help", "--version"}) {
    const auto command = Parse({flag});
    ASSERT_THAT(command, IsOk());
    EXPECT_FALSE(command->print.empty());
  }
}

TEST_F(OptionsTest, UsageErrorsAreInvalid) {
  const std::string file = Write("gateway.yaml", kUnsigned);
  EXPECT_THAT(Parse({}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--config")));
  EXPECT_THAT(Parse({"--config", file, "--bogus"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Parse({"--config", file, "--threads", "many"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Parse({"--config", file, "--retry-after", "soon"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("soon")));
}

TEST_F(OptionsTest, AMissingFileIsNamed) {
  EXPECT_THAT(Parse({"--config", dir_ / "nowhere.yaml"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere.yaml")));
}

TEST_F(OptionsTest, ASecretFileThatIsMissingOrEmptyIsNamedWithItsLine) {
  const std::string empty = Write("empty", "\n");
  EXPECT_THAT(
      ParseFile("sources:\n- kind: jira\n  tenant: t\n  secret_files:\n  - /no/such/file\n"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("gateway.yaml:5:"), HasSubstr("/no/such/file"))));
  EXPECT_THAT(ParseFile(absl::StrCat("sources:\n- kind: jira\n  tenant: t\n  secret_files:\n  - ",
                                     empty, "\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty")));
}

struct FaultCase {
  const char* name;
  const char* yaml;
  // What the message must hold: the place and what is at fault.
  const char* line;
  const char* what;
};

class FaultyFileTest : public OptionsTest, public ::testing::WithParamInterface<FaultCase> {};

TEST_P(FaultyFileTest, IsOneLineWithFileAndLine) {
  EXPECT_THAT(ParseFile(GetParam().yaml),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(absl::StrCat("gateway.yaml:", GetParam().line)),
                             HasSubstr(GetParam().what), Not(HasSubstr("\n")))));
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultyFileTest,
    ::testing::Values(
        FaultCase{"UnknownKey", "sources: []\nport: 8080\n", "2:", "port"},
        FaultCase{"BadNumber", "\nthreads: many\n", "2:", "threads"},
        FaultCase{"NegativeThreads", "threads: -1\n", "1:", "threads"},
        FaultCase{"HugeBody", "\nmax_body_bytes: 99999999999\n", "2:", "max_body_bytes"},
        FaultCase{"BadAddress", "http_address: here\n", "1:", "http_address"},
        FaultCase{"BadDuration", "ingest_timeout: soon\n", "1:", "ingest_timeout"},
        FaultCase{"NoTime", "ingest_timeout: 0s\n", "1:", "ingest_timeout"},
        FaultCase{"NoSources", "sources: []\n", "1:", "sources"},
        FaultCase{"UnknownKind", "sources:\n- kind: abacus\n  tenant: t\n", "2:", "github, jira"},
        FaultCase{"NoTenant", "sources:\n- kind: jira\n  allow_unsigned: true\n", "", "tenant"},
        FaultCase{"BadTenant", "sources:\n- kind: jira\n  tenant: A_B\n  allow_unsigned: true\n",
                  "3:", "tenant"},
        FaultCase{"NeitherSignedNorNot", "sources:\n- kind: jira\n  tenant: t\n",
                  "2:", "secret_files"},
        FaultCase{"SignedAndNot",
                  "sources:\n- kind: jira\n  tenant: t\n  allow_unsigned: true\n"
                  "  secret_files: [x]\n",
                  "2:", "secret_files"},
        FaultCase{"BadPath",
                  "sources:\n- kind: jira\n  tenant: t\n  path: in\n  allow_unsigned: true\n",
                  "4:", "path"},
        FaultCase{"PathOfMetrics",
                  "sources:\n- kind: jira\n  tenant: t\n  path: /metrics\n  allow_unsigned: true\n",
                  "4:", "taken"},
        FaultCase{"SamePathTwice",
                  "sources:\n- {kind: jira, tenant: a, allow_unsigned: true}\n"
                  "- {kind: jira, tenant: b, allow_unsigned: true}\n",
                  "", "taken"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace clearway
