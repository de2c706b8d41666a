#include "service/classify/code_points.h"

#include <string>

#include "gtest/gtest.h"

namespace clearway {
namespace {

struct CodePointCase {
  const char* name;
  std::string text;
  size_t count;
};

class CodePointTest : public ::testing::TestWithParam<CodePointCase> {};

TEST_P(CodePointTest, AreCounted) { EXPECT_EQ(CountCodePoints(GetParam().text), GetParam().count); }

INSTANTIATE_TEST_SUITE_P(
    All, CodePointTest,
    ::testing::Values(
        CodePointCase{"Empty", "", 0}, CodePointCase{"Ascii", "twenty-one characters", 21},
        CodePointCase{"Nul", std::string("a\0b", 3), 3}, CodePointCase{"Chinese", "法务没签", 4},
        CodePointCase{"Mixed", "等 legal 签字 again", 16}, CodePointCase{"FourBytes", "a😀b", 3},
        // A letter and a combining mark are two.
        CodePointCase{"Combining", "e\xcc\x81", 2}, CodePointCase{"LoneContinuation", "a\x80z", 3},
        CodePointCase{"NoSuchByte", "\xff\xfe", 2},
        // Two thirds of a character: two bytes that belong to nothing.
        CodePointCase{"CutShort", "\xe5\xae", 2},
        CodePointCase{"CutShortBeforeText", "\xf0\x9f\x98 ok", 6},
        CodePointCase{"Overlong", "\xc0\xaf", 2}, CodePointCase{"Surrogate", "\xed\xa0\x80", 3},
        CodePointCase{"InvalidAmongValid", "签\xe7\xad字", 4},
        CodePointCase{"InvalidWithinAStride",
                      "12345678\x80"
                      "1234567890",
                      19}),
    [](const auto& row) { return row.param.name; });

TEST(Utf8CodePointTest, AreCountedAsElsewhere) {
  std::string text;
  for (const char* const piece : {"plain ", "等法务", "é", "😀", "x", "签字。", "12345678", "Ω"}) {
    text += piece;
    EXPECT_EQ(CountUtf8CodePoints(text), CountCodePoints(text)) << text;
  }
}

}  // namespace
}  // namespace clearway
