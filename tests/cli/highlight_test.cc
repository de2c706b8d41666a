#include "service/cli/highlight.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HighlightTest, MarksSpansInTheOrderOfTheText) {
  EXPECT_EQ(HighlightText("one two three", {{8, 13, "+2"}, {0, 3, "+1"}}, /*color=*/false),
            "[[one]](+1) two [[three]](+2)");
}

TEST(HighlightTest, ColoursEndWhereTheSpanEnds) {
  EXPECT_EQ(HighlightText("a b", {{0, 1, "+1"}}, /*color=*/true),
            "\x1b[1;33ma\x1b[0m\x1b[2m(+1)\x1b[0m b");
}

TEST(HighlightTest, TheTicketsOwnEscapesDoNothing) {
  for (const bool color : {false, true}) {
    const std::string shown =
        HighlightText("x\x1b[31mred\x1b]0;t\x07 y\u202Ez", {{0, 2, ""}}, color);
    EXPECT_THAT(shown, Not(HasSubstr("\x1b[31m")));
    EXPECT_THAT(shown, Not(HasSubstr("\x1b]")));
    EXPECT_THAT(shown, Not(HasSubstr("\x07")));
    EXPECT_THAT(shown, Not(HasSubstr("\u202E")));
  }
}

TEST(HighlightTest, LinesAreKept) {
  EXPECT_EQ(HighlightText("a\r\nb\n\nc", {{3, 4, "+1"}}, false), "a\n[[b]](+1)\n\nc");
}

TEST(HighlightTest, SpansThatDoNotFitAreLeftOut) {
  EXPECT_EQ(HighlightText("abc", {{1, 9, ""}, {2, 2, ""}, {7, 8, ""}}, false), "abc");
  EXPECT_EQ(HighlightText("abcdef", {{0, 4, "+1"}, {2, 6, "+2"}}, false), "[[abcd]](+1)ef");
}

}  // namespace
}  // namespace clearway
