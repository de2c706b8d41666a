#include "service/base/yaml_proto.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "clearway/config/v1/escalation.pb.h"
#include "clearway/config/v1/server.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using config::v1::EscalationPolicyFile;
using config::v1::ServerConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

TEST(YamlProtoTest, FillsNestedAndRepeatedValues) {
  ServerConfig config;
  ASSERT_THAT(ParseYaml("grpc_address: 0.0.0.0:1\n"
                        "tenants: [acme, globex]\n"
                        "store: {sqlite: {path: /var/x.db, readers: 3}}\n"
                        "limits:\n  max_deadline: 1m30s\n",
                        "f", &config),
              IsOk());
  EXPECT_EQ(config.grpc_address(), "0.0.0.0:1");
  EXPECT_THAT(config.tenants(), ElementsAre("acme", "globex"));
  EXPECT_EQ(config.store().sqlite().readers(), 3);
  EXPECT_EQ(config.limits().max_deadline().seconds(), 90);
}

TEST(YamlProtoTest, ReadsEnumsWithoutTheirPrefix) {
  EscalationPolicyFile file;
  ASSERT_THAT(ParseYaml("ladders:\n- name: a\n  steps:\n  - target: TEAM_LEAD\n", "f", &file),
              IsOk());
  EXPECT_EQ(file.ladders(0).steps(0).target(), config::v1::ESCALATION_TARGET_TEAM_LEAD);
}

TEST(YamlProtoTest, LeavesWhatIsNotNamed) {
  ServerConfig config;
  config.set_model_file("kept");
  ASSERT_THAT(ParseYaml("policy_file: p\n", "f", &config), IsOk());
  EXPECT_EQ(config.model_file(), "kept");
}

TEST(YamlProtoTest, EmptyFileSaysNothing) {
  ServerConfig config;
  EXPECT_THAT(ParseYaml("", "f", &config), IsOk());
  EXPECT_THAT(ParseYaml("# nothing\n", "f", &config), IsOk());
}

TEST(YamlProtoTest, TellsTheLines) {
  ServerConfig config;
  YamlLines lines;
  ASSERT_THAT(
      ParseYaml("tenants:\n- a\n- b\nlimits:\n  max_pending_events: 3\n", "f", &config, &lines),
      IsOk());
  EXPECT_THAT(lines, ::testing::IsSupersetOf({Pair("tenants", 1), Pair("tenants[1]", 3),
                                              Pair("limits.max_pending_events", 5)}));
}

struct FaultCase {
  const char* name;
  const char* yaml;
  const char* where;
  const char* what;
};

class YamlFaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(YamlFaultTest, IsToldWithItsLine) {
  ServerConfig config;
  const absl::Status status = ParseYaml(GetParam().yaml, "clearwayd.yaml", &config);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(GetParam().where)));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().what)));
}

const FaultCase kFaults[] = {
    {"UnknownKey", "grpc_address: a:1\nport: 5\n", "clearwayd.yaml:2: ", "port"},
    {"UnknownNestedKey", "limits:\n  max_size: 5\n", "clearwayd.yaml:2: ", "limits.max_size"},
    {"KeyGivenTwice", "model_file: a\nmodel_file: b\n", "clearwayd.yaml:2: ", "twice"},
    {"WordForNumber", "limits:\n  max_pending_events: many\n",
     "clearwayd.yaml:2: ", "whole number"},
    {"NumberOutOfRange", "limits:\n  max_pending_events: 3000000000\n",
     "clearwayd.yaml:2: ", "whole number"},
    {"BadDuration", "\n\nsweep_interval: soon\n", "clearwayd.yaml:3: ", "sweep_interval"},
    {"ListForValue", "model_file: [a]\n", "clearwayd.yaml:1: ", "single value"},
    {"ValueForList", "tenants: acme\n", "clearwayd.yaml:1: ", "list"},
    {"ValueForMapping", "limits: 5\n", "clearwayd.yaml:1: ", "mapping"},
    {"ListForFile", "- a\n- b\n", "clearwayd.yaml:1: ", "mapping"},
    {"NullForValue", "model_file:\n", "clearwayd.yaml:1: ", "no value"},
    {"NullForDuration", "sweep_interval:\n", "clearwayd.yaml:1: ", "no value"},
    {"NotYaml", "limits: {a: [}\n", "clearwayd.yaml:1: ", "YAML"},
    {"TabIndent", "limits:\n\tmax_pending_events: 5\n", "clearwayd.yaml:2: ", "YAML"},
};
INSTANTIATE_TEST_SUITE_P(All, YamlFaultTest, ::testing::ValuesIn(kFaults),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(YamlProtoTest, UnknownEnumNameListsTheKnownOnes) {
  EscalationPolicyFile file;
  EXPECT_THAT(ParseYaml("ladders:\n- steps:\n  - target: BOSS\n", "f", &file),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(StartsWith("f:3: "), HasSubstr("MANAGER"))));
  EXPECT_THAT(ParseYaml("ladders:\n- steps:\n  - target: UNSPECIFIED\n", "f", &file),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(YamlProtoTest, MissingFileIsNamed) {
  ServerConfig config;
  EXPECT_THAT(ParseYamlFile("/none/such.yaml", &config),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/such.yaml")));
}

TEST(YamlProtoTest, FileIsReadWithItsLines) {
  const testing::TempDir dir;
  std::ofstream(dir.File("c.yaml")) << "\nmodel_file: m\n";
  ServerConfig config;
  YamlLines lines;
  ASSERT_THAT(ParseYamlFile(dir.File("c.yaml"), &config, &lines), IsOk());
  EXPECT_EQ(config.model_file(), "m");
  EXPECT_THAT(lines, ElementsAre(Pair("model_file", 2)));
}

TEST(YamlProtoTest, SetsOneValueFromText) {
  ServerConfig config;
  EXPECT_THAT(SetYamlValue("--x", "limits.max_deadline", "2d", &config), IsOk());
  EXPECT_EQ(config.limits().max_deadline().seconds(), 2 * 86400);
  EXPECT_THAT(SetYamlValue("--x", "model_file", "null", &config), IsOk());
  EXPECT_EQ(config.model_file(), "null");
}

TEST(YamlProtoTest, SettingAListReplacesIt) {
  ServerConfig config;
  config.add_tenants("old");
  EXPECT_THAT(SetYamlValue("--tenants", "tenants", "a,b", &config), IsOk());
  EXPECT_THAT(config.tenants(), ElementsAre("a", "b"));
}

TEST(YamlProtoTest, BadTextIsToldWithItsOrigin) {
  ServerConfig config;
  EXPECT_THAT(SetYamlValue("--readers", "store.sqlite.readers", "four", &config),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("--readers: ")));
  EXPECT_THAT(SetYamlValue("--x", "no.such", "1", &config),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace clearway
