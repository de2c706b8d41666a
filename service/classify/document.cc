#include "service/classify/document.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

// Cuts before a byte that continues a character.
absl::string_view Head(absl::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

// Comments [begin, end) of the ticket, and which of them is the last that a person wrote; `end`
// where none is.
struct CommentRange {
  size_t begin = 0;
  size_t end = 0;
  size_t last = 0;
};

CommentRange CommentsToRead(const Ticket& ticket) {
  const size_t count = ticket.comments.size();
  CommentRange range{count, count, count};
  size_t bytes = 0;
  while (range.begin > 0 && count - range.begin < kMaxComments) {
    const Comment& comment = ticket.comments[range.begin - 1];
    bytes += std::min(comment.body.size(), kMaxFieldBytes);
    if (bytes > kMaxCommentBytes) break;
    --range.begin;
    if (range.last == count && !IsBot(comment.author)) range.last = range.begin;
  }
  return range;
}

void AddField(Field::Kind kind, uint32_t comment, absl::string_view text, bool bot,
              const Tokenizer& tokenizer, Document* document) {
  const auto number = static_cast<uint32_t>(document->fields.size());
  Field& field = document->fields.emplace_back();
  field.kind = kind;
  field.comment = comment;
  field.text = Head(text, kMaxFieldBytes);
  field.begin = static_cast<uint32_t>(document->tokens.size());
  field.first_sentence = static_cast<uint32_t>(document->sentences.size());
  tokenizer.Tokenize(field.text, &document->tokens);
  field.end = static_cast<uint32_t>(document->tokens.size());
  const std::pmr::vector<RegionSpan> regions = ReadRegions(field.text, document->memory());
  size_t region = 0;
  uint32_t begin = field.begin;
  for (uint32_t i = field.begin; i < field.end; ++i) {
    if (!document->tokens[i].ends_sentence) continue;
    Sentence& sentence = document->sentences.emplace_back();
    sentence.begin = begin;
    sentence.end = i + 1;
    sentence.field = number;
    if (bot) {
      sentence.region = Region::kBot;
    } else if (!regions.empty()) {
      while (regions[region].end <= document->tokens[begin].begin) ++region;
      sentence.region = regions[region].region;
    }
    begin = i + 1;
  }
  field.last_sentence = static_cast<uint32_t>(document->sentences.size());
}

}  // namespace

std::string Field::name() const {
  switch (kind) {
    case Kind::kTitle:
      return "title";
    case Kind::kDescription:
      return "description";
    case Kind::kComment:
    case Kind::kLastComment:
      return absl::StrCat("comments[", comment, "]");
  }
  return "";
}

Document ReadDocument(const Ticket& ticket, const Tokenizer& tokenizer,
                      std::pmr::memory_resource* memory) {
  Document document(memory);
  size_t bytes = ticket.title.size() + ticket.description.size();
  for (const Comment& comment : ticket.comments) bytes += comment.body.size();
  // English has a token for every five bytes, Chinese one for every three.
  document.tokens.reserve(std::min(bytes / 3, kMaxFieldBytes) + 1);
  document.sentences.reserve(std::min(bytes / 40, kMaxFieldBytes) + 8);
  const CommentRange comments = CommentsToRead(ticket);
  document.fields.reserve(comments.end - comments.begin + 2);
  AddField(Field::Kind::kTitle, 0, ticket.title, /*bot=*/false, tokenizer, &document);
  AddField(Field::Kind::kDescription, 0, ticket.description, /*bot=*/false, tokenizer, &document);
  for (size_t i = comments.begin; i < comments.end; ++i) {
    const Comment& comment = ticket.comments[i];
    AddField(i == comments.last ? Field::Kind::kLastComment : Field::Kind::kComment,
             static_cast<uint32_t>(i), comment.body, IsBot(comment.author), tokenizer, &document);
  }
  return document;
}

absl::string_view TextOf(const Document& document, const Sentence& sentence) {
  const uint32_t begin = document.tokens[sentence.begin].begin;
  const uint32_t end = document.tokens[sentence.end - 1].end;
  return FieldOf(document, sentence).text.substr(begin, end - begin);
}

std::string LanguageOf(const Document& document) {
  size_t ideographs = 0;
  size_t words = 0;
  for (const Token& token : document.tokens) {
    ideographs += token.kind == Token::Kind::kIdeograph ? 1 : 0;
    words += token.kind == Token::Kind::kWord ? 1 : 0;
  }
  if (ideographs + words == 0) return "und";
  // A Chinese word is about two characters; Chinese tickets are full of English terms.
  return ideographs >= words ? "zh" : "en";
}

}  // namespace clearway
