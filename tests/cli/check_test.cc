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

TEST(CheckCommandTest, ADirectoryIsCheckedWithThePolicyOrAlone) {
  const TempDir dir;
  std::ofstream(dir.File("d.yaml")) << "parties:\n- {name: legal, lead: {name: Dana Fox}}\n";
  const CliResult alone = RunClearway({"policy", "check", "--directory", dir.File("d.yaml")});
  EXPECT_EQ(alone.code, 0) << alone.err;
  EXPECT_THAT(alone.out, HasSubstr("1 parties"));

  std::ofstream(dir.File("p.yaml")) << "ladders: []\n";
  EXPECT_EQ(
      RunClearway({"policy", "check", dir.File("p.yaml"), "--directory", dir.File("d.yaml")}).code,
      1);
}

TEST(CheckCommandTest, BadDirectoryIsNamedWithItsLine) {
  const TempDir dir;
  std::ofstream(dir.File("d.yaml")) << "parties:\n- name: legal\n- name: The Legal\n";
  const CliResult result = RunClearway({"policy", "check", "--directory", dir.File("d.yaml")});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr(dir.File("d.yaml") + ":3"));
}

TEST(CheckCommandTest, PlaybooksThatSayNothingAreRefused) {
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
