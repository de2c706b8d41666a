#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/cli/cli_runner.h"
#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::CliResult;
using ::clearway::testing::RunClearway;
using ::clearway::testing::TempDir;
using ::testing::HasSubstr;

TEST(CheckCommandTest, GoodPolicyIsFine) {
  const TempDir dir;
  std::ofstream(dir.File("p.yaml"))
      << "ladders:\n- name: all\n  steps:\n  - {after: 1h, target: PARTY, channel: ticket}\n";
  const CliResult result = RunClearway({"policy", "check", dir.File("p.yaml")});
  EXPECT_EQ(result.code, 0) << result.err;
}

TEST(CheckCommandTest, BadPolicyIsNamedWithItsLine) {
  const TempDir dir;
  std::ofstream(dir.File("p.yaml")) << "ladders:\n- name: all\n  stepz: []\n";
  const CliResult result = RunClearway({"policy", "check", dir.File("p.yaml")});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr(dir.File("p.yaml") + ":3"));
}

TEST(CheckCommandTest, IncompletePlaybooksAreRefused) {
  const TempDir dir;
  std::ofstream(dir.File("p.yaml")) << "playbooks: []\n";
  EXPECT_EQ(RunClearway({"playbooks", "check", dir.File("p.yaml")}).code, 1);
}

TEST(CheckCommandTest, MissingFileIsNamed) {
  const CliResult result = RunClearway({"playbooks", "check", "/nonexistent/p.yaml"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("/nonexistent/p.yaml"));
}

}  // namespace
}  // namespace clearway
