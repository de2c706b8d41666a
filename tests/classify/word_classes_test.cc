#include "service/classify/word_classes.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory_resource>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/classify/tokenizer.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::HasSubstr;

class WordClassesTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  absl::StatusOr<WordClasses> Read(const std::string& text) const {
    std::ofstream(path_) << text;
    return ReadWordClasses({path_});
  }

  static uint64_t HashOf(const std::string& word) {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> ends;
    Tokenizer().Tokenize(word, &tokens, &ends);
    return tokens.at(0).hash;
  }

  const std::string path_ =
      ::testing::TempDir() + "word-classes-" + std::to_string(getpid()) + ".txt";
};

TEST_F(WordClassesTest, ALineIsAClass) {
  const auto classes = Read("vendor supplier\nlegal\n");
  ASSERT_THAT(classes, IsOk());
  EXPECT_EQ(classes->size(), 3U);
  EXPECT_EQ(classes->at(HashOf("Vendor")), classes->at(HashOf("supplier")));
  EXPECT_NE(classes->at(HashOf("vendor")), classes->at(HashOf("legal")));
}

TEST_F(WordClassesTest, SaysWhatIsWrongAndWhere) {
  const auto twice = Read("vendor supplier\nlegal vendor\n");
  EXPECT_THAT(twice, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(twice.status().message()),
              HasSubstr(path_ + ":2: \"vendor\" is in two classes"));
  const auto phrase = Read("sign-off\n");
  EXPECT_THAT(phrase, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(phrase.status().message()), HasSubstr("\"sign-off\" is not one word"));
  EXPECT_THAT(ReadWordClasses({"/nonexistent/classes.txt"}), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace clearway
