// The program itself: its exit codes and its standard streams.
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::TempDir;
using ::testing::HasSubstr;

struct Outcome {
  int code = -1;
  std::string out;
};

// `arguments` is a piece of shell.
Outcome RunProgram(const std::string& arguments) {
  Outcome outcome;
  FILE* pipe = popen((std::string(CLEARWAY_PROGRAM) + " " + arguments).c_str(), "r");
  if (pipe == nullptr) return outcome;
  char buffer[4096];
  for (size_t size = 0; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    outcome.out.append(buffer, size);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  return outcome;
}

TEST(ProgramTest, ClassifiesItsStandardInput) {
  const TempDir dir;
  std::ofstream(dir.File("in.jsonl")) << "{\"id\":\"a\",\"title\":\"hello\"}\n";
  const Outcome outcome = RunProgram("classify --jsonl < " + dir.File("in.jsonl"));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("\"id\":\"a\""));
}

TEST(ProgramTest, FailureIsOne) {
  EXPECT_EQ(RunProgram("classify --jsonl /nonexistent/x.jsonl 2>&1").code, 1);
}

TEST(ProgramTest, WrongUseIsTwo) { EXPECT_EQ(RunProgram("--nonsense 2>&1").code, 2); }

TEST(ProgramTest, FullOutputDeviceIsAFailure) {
  const TempDir dir;
  std::ofstream(dir.File("in.jsonl")) << "{\"id\":\"a\"}\n";
  EXPECT_EQ(RunProgram("classify " + dir.File("in.jsonl") + " 2>&1 >/dev/full").code, 1);
}

}  // namespace
}  // namespace clearway
