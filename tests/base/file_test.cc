#include "service/base/file.h"

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOkAndHolds;
using ::clearway::testing::StatusIs;
using ::clearway::testing::TempDir;
using ::testing::HasSubstr;

TEST(FileTest, ReadsBytesAsTheyAre) {
  const TempDir dir;
  const std::string bytes("a\0\r\n\xff", 5);
  std::ofstream(dir.File("f"), std::ios::binary) << bytes;
  EXPECT_THAT(ReadFile(dir.File("f")), IsOkAndHolds(bytes));
}

TEST(FileTest, EmptyFileIsEmpty) {
  const TempDir dir;
  std::ofstream(dir.File("f")).flush();
  EXPECT_THAT(ReadFile(dir.File("f")), IsOkAndHolds(""));
}

TEST(FileTest, MissingFileIsNamed) {
  const TempDir dir;
  EXPECT_THAT(ReadFile(dir.File("none")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(dir.File("none"))));
}

TEST(FileTest, FolderIsAnError) {
  const TempDir dir;
  EXPECT_FALSE(ReadFile(dir.path()).ok());
}

}  // namespace
}  // namespace clearway
