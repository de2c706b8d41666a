#include "service/base/log.h"

#include <sstream>
#include <thread>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/fake_clock.h"

namespace clearway {
namespace {

class LogTest : public ::testing::Test {
 protected:
  std::ostringstream out_;
  testing::FakeClock clock_{absl::FromUnixMillis(1'770'000'000'250)};
  Logger log_{out_, clock_};
};

TEST_F(LogTest, WritesTimeLevelMessageAndFields) {
  log_.Info("serving", {{"grpc_address", "127.0.0.1:5"}});
  EXPECT_EQ(out_.str(),
            "time=2026-02-02T02:40:00.250Z level=info msg=serving grpc_address=127.0.0.1:5\n");
}

TEST_F(LogTest, LevelsAreNamed) {
  log_.Warning("a");
  log_.Error("b");
  EXPECT_THAT(out_.str(), ::testing::HasSubstr("level=warning msg=a\n"));
  EXPECT_THAT(out_.str(), ::testing::HasSubstr("level=error msg=b\n"));
}

TEST_F(LogTest, ValueCannotForgeALineOrAField) {
  log_.Info("m", {{"error", "x\nlevel=error msg=\"forged\" a=b"}});
  EXPECT_THAT(out_.str(),
              ::testing::EndsWith("msg=m error=\"x\\nlevel=error msg=\\\"forged\\\" a=b\"\n"));
}

TEST_F(LogTest, ControlCharactersAreEscaped) {
  log_.Info("m", {{"v", std::string("a\x1b[2J\0b", 7)}});
  EXPECT_EQ(out_.str().find('\x1b'), std::string::npos);
  EXPECT_EQ(out_.str().find('\0'), std::string::npos);
}

TEST_F(LogTest, EmptyAndChineseValuesAreReadable) {
  log_.Info("m", {{"a", ""}, {"b", "法务"}});
  EXPECT_THAT(out_.str(), ::testing::EndsWith(" a=\"\" b=法务\n"));
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 100; ++i) log_.Info("hello", {{"k", "v"}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> lines = absl::StrSplit(out_.str(), '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 400U);
  EXPECT_THAT(lines, ::testing::Each(lines[0]));
}

}  // namespace
}  // namespace clearway
