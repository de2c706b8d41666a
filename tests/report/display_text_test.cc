#include "service/report/display_text.h"

#include "gtest/gtest.h"

namespace clearway {
namespace {

TEST(DisplayTextTest, ChineseIsTwiceAsWide) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("等待法务"), 8);
  EXPECT_EQ(DisplayWidth("（a）"), 5);
}

TEST(DisplayTextTest, CombiningMarksTakeNoColumn) { EXPECT_EQ(DisplayWidth("e\u0301\u200B"), 1); }

TEST(DisplayTextTest, ClipKeepsWhatFits) {
  EXPECT_EQ(Clip("abcdef", 6), "abcdef");
  EXPECT_EQ(Clip("abcdefg", 6), "abcde…");
}

TEST(DisplayTextTest, ClipNeverHalvesAWideCharacter) {
  EXPECT_EQ(Clip("等待法务签字", 6), "等待…");
  EXPECT_EQ(DisplayWidth(Clip("等待法务签字", 8)), 7);
}

TEST(DisplayTextTest, OneLineTakesAwayControlOverTheTerminal) {
  EXPECT_EQ(OneLine("a\r\n\tb\x1b[31m c\x7f"), "a b [31m c");
  EXPECT_EQ(OneLine("a\u202Eb\u2066c\u0085d"), "a b c d");
}

TEST(DisplayTextTest, PlainLinesKeepsLinesAndIndents) {
  EXPECT_EQ(PlainLines("a\r\n  b\n\n\tc\r"), "a\n  b\n\n c ");
  EXPECT_EQ(PlainLines("a\x1b[31m\u009Bb\u202Ec\u2028d\xff"), "a [31m b c d\uFFFD");
}

TEST(DisplayTextTest, InvalidBytesBecomeReplacementCharacters) {
  EXPECT_EQ(OneLine("a\xff"
                    "b\xe7\xad"),
            "a\uFFFDb\uFFFD");
  EXPECT_EQ(DisplayWidth("\xff"), 1);
}

}  // namespace
}  // namespace clearway
