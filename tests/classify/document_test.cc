#include "service/classify/document.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;

class DocumentTest : public ::testing::Test {
 protected:
  Document Read(const Ticket& ticket) const { return ReadDocument(ticket, tokenizer_); }

  static std::vector<std::string> FieldNames(const Document& document) {
    std::vector<std::string> names;
    for (const Field& field : document.fields) names.push_back(field.name());
    return names;
  }

  static std::vector<std::string> Sentences(const Document& document) {
    std::vector<std::string> sentences;
    for (const Field& field : document.fields) {
      for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
        const Sentence& sentence = document.sentences[s];
        const uint32_t begin = document.tokens[sentence.begin].begin;
        const uint32_t end = document.tokens[sentence.end - 1].end;
        sentences.emplace_back(field.text.substr(begin, end - begin));
      }
    }
    return sentences;
  }

  const Tokenizer tokenizer_;
};

Ticket TicketWithComments(size_t count) {
  Ticket ticket;
  ticket.title = "t";
  for (size_t i = 0; i < count; ++i) {
    Comment comment;
    comment.body = "c";
    ticket.comments.push_back(comment);
  }
  return ticket;
}

TEST_F(DocumentTest, LastCommentIsMarked) {
  const Ticket ticket = TicketWithComments(2);
  const Document document = Read(ticket);
  EXPECT_THAT(FieldNames(document),
              ElementsAre("title", "description", "comments[0]", "comments[1]"));
  EXPECT_EQ(document.fields[2].kind, Field::Kind::kComment);
  EXPECT_EQ(document.fields[3].kind, Field::Kind::kLastComment);
}

TEST_F(DocumentTest, OfManyCommentsTheLatestAreRead) {
  const Ticket ticket = TicketWithComments(kMaxComments + 5);
  const Document document = Read(ticket);
  EXPECT_EQ(document.fields.size(), kMaxComments + 2);
  EXPECT_EQ(document.fields[2].name(), "comments[5]");
}

TEST_F(DocumentTest, SentencesEndAtStopsAndLines) {
  Ticket ticket;
  ticket.title = "Upgrade to v1.2 failed. Why?";
  ticket.description = "- first\n- second\n等法务。还没回！";
  const Document document = Read(ticket);
  EXPECT_THAT(Sentences(document), ElementsAre("Upgrade to v1.2 failed.", "Why?", "- first",
                                               "- second", "等法务。", "还没回！"));
}

TEST_F(DocumentTest, TheLastCommentIsAPersons) {
  Ticket ticket = TicketWithComments(3);
  ticket.comments[2].author = "stale[bot]";
  const Document document = Read(ticket);
  EXPECT_EQ(document.fields[3].kind, Field::Kind::kLastComment);
  EXPECT_EQ(document.fields[4].kind, Field::Kind::kComment);
  ASSERT_FALSE(document.sentences.empty());
  EXPECT_EQ(document.sentences.back().region, Region::kBot);
}

TEST_F(DocumentTest, ManyLongCommentsAreReadUpToABound) {
  Ticket ticket = TicketWithComments(20);
  for (Comment& comment : ticket.comments) comment.body.assign(kMaxFieldBytes, 'a');
  const Document document = Read(ticket);
  EXPECT_EQ(document.fields.size(), 2 + kMaxCommentBytes / kMaxFieldBytes);
  EXPECT_EQ(document.fields.back().name(), "comments[19]");
}

TEST_F(DocumentTest, SentencesKnowWhatKindOfWritingTheyAre) {
  Ticket ticket;
  ticket.description = "It is stuck. Really.\n> quoted\n```\ncode here\n```\nand prose";
  std::vector<Region> regions;
  for (const Sentence& sentence : Read(ticket).sentences) regions.push_back(sentence.region);
  // The fences are lines of their own.
  EXPECT_THAT(regions, ElementsAre(Region::kProse, Region::kProse, Region::kQuote, Region::kCode,
                                   Region::kCode, Region::kCode, Region::kProse));
}

TEST_F(DocumentTest, LongTextIsCutBetweenCharacters) {
  Ticket ticket;
  ticket.description = "a";
  while (ticket.description.size() <= kMaxFieldBytes) ticket.description += "中";
  const Document document = Read(ticket);
  const Field& description = document.fields[1];
  EXPECT_LE(description.text.size(), kMaxFieldBytes);
  EXPECT_EQ(description.text.size() % 3, 1U);
}

TEST_F(DocumentTest, LanguageIsWhatPrevails) {
  Ticket english;
  english.title = "The 流程 is done and shipped";
  Ticket chinese;
  chinese.title = "跟 DBA 要的 prod 权限还没开";
  Ticket neither;
  neither.title = "404 ???";
  EXPECT_EQ(LanguageOf(Read(english)), "en");
  EXPECT_EQ(LanguageOf(Read(chinese)), "zh");
  EXPECT_EQ(LanguageOf(Read(neither)), "und");
}

}  // namespace
}  // namespace clearway
