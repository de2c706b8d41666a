#include "service/classify/tokenizer.h"

#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TokenizerTest : public ::testing::Test {
 protected:
  std::pmr::vector<Token> Tokens(absl::string_view text) const {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> ends;
    tokenizer_.Tokenize(text, &tokens, &ends);
    return tokens;
  }

  std::vector<std::string> Words(absl::string_view text) const {
    std::vector<std::string> words;
    for (const Token& token : Tokens(text)) {
      words.emplace_back(text.substr(token.begin, token.end - token.begin));
    }
    return words;
  }

  const Tokenizer tokenizer_;
};

TEST_F(TokenizerTest, CutsEnglishIntoWordsNumbersAndMarks) {
  EXPECT_THAT(Words("Isn't PAY-12 done?"), ElementsAre("Isn't", "PAY", "-", "12", "done", "?"));
}

// What is read closely lies before, between and behind what is taken by bits.
TEST_F(TokenizerTest, WordsWithOtherLettersStandBesidePlainOnes) {
  EXPECT_THAT(Words("a naïve plan, isn't it: don’t't 9２ 3"),
              ElementsAre("a", "naïve", "plan", ",", "isn't", "it", ":", "don’t't", "9２", "3"));
  EXPECT_THAT(Words("“不行，API’s 好”！x"),
              ElementsAre("“", "不", "行", "，", "API’s", "好", "”", "！", "x"));
}

TEST_F(TokenizerTest, SaysWhetherThereAreLines) {
  const auto has_newline = [&](absl::string_view text) {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> ends;
    return tokenizer_.Tokenize(text, &tokens, &ends).has_newline;
  };
  for (size_t size = 0; size <= 130; ++size) {
    for (const char* const text : {"x", "等", "\xff", "é "}) {
      std::string before;
      while (before.size() < size) before += text;
      EXPECT_FALSE(has_newline(before));
      EXPECT_TRUE(has_newline(before + "\n"));
    }
  }
}

TEST_F(TokenizerTest, CutsChineseIntoIdeographs) {
  EXPECT_THAT(Words("等DBA开权限。"), ElementsAre("等", "DBA", "开", "权", "限", "。"));
}

TEST_F(TokenizerTest, CaseDoesNotMatter) {
  EXPECT_EQ(Tokens("BLOCKED")[0].hash, Tokens("blocked")[0].hash);
  EXPECT_TRUE(Tokens("Blocked")[0].capital);
  EXPECT_FALSE(Tokens("blocked")[0].capital);
}

TEST_F(TokenizerTest, NumbersAreAllAlike) {
  EXPECT_EQ(Tokens("7")[0].hash, Tokens("20261123")[0].hash);
}

TEST_F(TokenizerTest, TraditionalReadsAsSimplified) {
  const std::pmr::vector<Token> traditional = Tokens("簽核權限");
  const std::pmr::vector<Token> simplified = Tokens("签核权限");
  ASSERT_EQ(traditional.size(), simplified.size());
  for (size_t i = 0; i < traditional.size(); ++i) {
    EXPECT_EQ(traditional[i].hash, simplified[i].hash) << i;
  }
}

TEST_F(TokenizerTest, FullWidthReadsAsAscii) {
  EXPECT_EQ(Tokens("ＡＢＣ")[0].hash, Tokens("abc")[0].hash);
}

TEST_F(TokenizerTest, LongerWordsShareTheirStem) {
  EXPECT_NE(Tokens("waiting")[0].stem, 0U);
  EXPECT_EQ(Tokens("waiting")[0].stem, Tokens("waited")[0].stem);
  EXPECT_EQ(Tokens("wait")[0].stem, 0U);
}

// A word is hashed eight letters at a time where it is plain, else letter by letter: the same word
// must come out the same.
TEST_F(TokenizerTest, HowAWordIsReadDoesNotShow) {
  for (const char* const word : {"a", "abcd", "abcdefg", "abcdefgh", "abcdefghi",
                                 "internationalisation", "straightforwardnesses"}) {
    std::string wide;
    for (const char* c = word; *c != 0; ++c) {
      // Full-width letters: U+FF41 is "a".
      wide += {'\xef', '\xbd', static_cast<char>(0x81 + (*c - 'a'))};
    }
    const Token plain = Tokens(word)[0];
    const std::pmr::vector<Token> spelt = Tokens(wide);
    ASSERT_EQ(spelt.size(), 1U) << word;
    EXPECT_EQ(plain.hash, spelt[0].hash) << word;
    EXPECT_EQ(plain.stem, spelt[0].stem) << word;
  }
}

TEST_F(TokenizerTest, EveryAsciiByteIsOfItsKind) {
  for (int c = 1; c < 128; ++c) {
    const std::string text = {'x', ' ', static_cast<char>(c), ' ', 'x', 'x', 'x', 'x', 'x', 'x'};
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool space = c <= ' ' || c == '_' || c == 0x7f;
    const std::pmr::vector<Token> tokens = Tokens(text);
    ASSERT_EQ(tokens.size(), space ? 2U : 3U) << c;
    if (!space) {
      EXPECT_EQ(tokens[1].kind == Token::Kind::kWord, letter) << c;
      EXPECT_EQ(tokens[1].kind == Token::Kind::kNumber, c >= '0' && c <= '9') << c;
    }
  }
}

TEST_F(TokenizerTest, AWordEndsWhereTheTextDoes) {
  const std::string text = "abcdefghijklmnopqrstuvwxyz";
  for (size_t size = 1; size <= text.size(); ++size) {
    const std::pmr::vector<Token> tokens = Tokens(absl::string_view(text).substr(0, size));
    ASSERT_EQ(tokens.size(), 1U);
    EXPECT_EQ(tokens[0].end, size);
  }
}

TEST_F(TokenizerTest, SentencesEndAtStopsBeforeSpaceAndAtLines) {
  const auto ends = [&](absl::string_view text) {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> sentence_ends;
    tokenizer_.Tokenize(text, &tokens, &sentence_ends);
    std::vector<std::string> last;
    for (const uint32_t end : sentence_ends) {
      const Token& token = tokens[end - 1];
      last.emplace_back(text.substr(token.begin, token.end - token.begin));
    }
    return last;
  };
  EXPECT_THAT(ends("v1.2 is out. Why? x"), ElementsAre(".", "?", "x"));
  EXPECT_THAT(ends("one\ntwo\r\n\nthree"), ElementsAre("one", "two", "three"));
  EXPECT_THAT(ends("等法务。还没回！好"), ElementsAre("。", "！", "好"));
  EXPECT_THAT(ends("\n.\n"), ElementsAre("."));
}

TEST_F(TokenizerTest, TellsWhatATextsBytesAre) {
  const auto encoding = [&](absl::string_view text) {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> ends;
    return tokenizer_.Tokenize(text, &tokens, &ends).encoding;
  };
  for (const char* const text : {"", "plain", "isn't 12.\n", "\x7f\x01"}) {
    EXPECT_EQ(encoding(text), Encoding::kAscii) << text;
  }
  const std::string long_word(100, 'x');
  for (const std::string& text :
       {std::string("naïve"), std::string("isn’t"), std::string("1２"), std::string("等 DBA。１２"),
        std::string("\U0001f600 ok"), long_word + "é", std::string("\u00a0")}) {
    EXPECT_EQ(encoding(text), Encoding::kUtf8) << text;
  }
  for (const char* const text :
       {"\xff", "word\xff", "wörd\xc3", "isn't\xe2\x80", "1\xef\xbc", "等\xe7\xad"}) {
    EXPECT_EQ(encoding(text), Encoding::kNeither) << text;
  }
}

TEST_F(TokenizerTest, TypographicApostropheIsAnApostrophe) {
  EXPECT_EQ(Tokens("isn\u2019t").size(), Tokens("isn't").size());
}

TEST_F(TokenizerTest, InvalidBytesSeparateWords) {
  EXPECT_THAT(Words("ab\xff\xfe"
                    "cd"),
              ElementsAre("ab", "cd"));
  EXPECT_THAT(Words("\xe4\xbd"), IsEmpty());
  // Zero, and an ideograph's number, in more bytes than they need.
  EXPECT_THAT(Words("a\xe0\x80\x80"
                    "b\xf0\x84\xb8\x80"
                    "c"),
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(Words(absl::string_view("a\0b", 3)), ElementsAre("a", "b"));
}

TEST_F(TokenizerTest, TokensLieWithinTheTextInOrder) {
  const std::string text = "Mixed 中英夹杂 text, v1.2 — naïve café 🚧 완료 \xf0\x9f end";
  uint32_t last = 0;
  for (const Token& token : Tokens(text)) {
    EXPECT_LE(last, token.begin);
    EXPECT_LT(token.begin, token.end);
    EXPECT_LE(token.end, text.size());
    last = token.end;
  }
}

// The text is read in blocks; where one ends must not matter, nor where the text does.
TEST_F(TokenizerTest, WhatStandsBeforeATextChangesNothing) {
  const std::string text =
      "It isn't done: v1.2 of Interoperability.  Wait? naïve 你好。 API接口 4.2GΩ, \xff "
      "1234567890123 １２ x_y\n\nsupercalifragilistic’s end. don’t't "
      "批abcdefghi\xe7\xad批！Ω，\xc3。";
  for (const size_t cut : {size_t{0}, size_t{1}, size_t{40}}) {
    const std::string whole = text.substr(0, text.size() - cut);
    std::pmr::vector<Token> expected;
    std::pmr::vector<uint32_t> expected_ends;
    EXPECT_EQ(tokenizer_.Tokenize(whole, &expected, &expected_ends).encoding, Encoding::kNeither);
    for (uint32_t shift = 1; shift <= 130; ++shift) {
      std::pmr::vector<Token> tokens;
      std::pmr::vector<uint32_t> ends;
      tokenizer_.Tokenize(std::string(shift, ' ') + whole, &tokens, &ends);
      ASSERT_EQ(ends, expected_ends) << shift;
      ASSERT_EQ(tokens.size(), expected.size()) << shift;
      for (size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        const Token& same = expected[i];
        ASSERT_EQ(token.begin, same.begin + shift) << shift << " " << i;
        ASSERT_EQ(token.end, same.end + shift) << shift << " " << i;
        ASSERT_EQ(std::tie(token.hash, token.stem, token.kind, token.capital),
                  std::tie(same.hash, same.stem, same.kind, same.capital))
            << shift << " " << i;
      }
    }
  }
}

TEST_F(TokenizerTest, DigitsOfBothWidthsAreOneNumber) {
  EXPECT_THAT(Words("1２3 ２3２"), ElementsAre("1２3", "２3２"));
}

}  // namespace
}  // namespace clearway
