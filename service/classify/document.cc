#include "service/classify/document.h"

#include <algorithm>
#include <array>
#include <cstdint>

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

// `ends` is room for its sentences.
void AddField(Field::Kind kind, uint32_t comment, absl::string_view text, bool bot,
              const Tokenizer& tokenizer, std::pmr::vector<uint32_t>* ends, Document* document) {
  const auto number = static_cast<uint32_t>(document->fields.size());
  Field& field = document->fields.emplace_back();
  field.kind = kind;
  field.comment = comment;
  field.text = Head(text, kMaxFieldBytes);
  field.begin = static_cast<uint32_t>(document->tokens.size());
  field.first_sentence = static_cast<uint32_t>(document->sentences.size());
  ends->clear();
  const TextTraits traits = tokenizer.Tokenize(field.text, &document->tokens, ends);
  field.encoding = traits.encoding;
  field.end = static_cast<uint32_t>(document->tokens.size());
  std::pmr::vector<RegionSpan> regions(document->memory());
  if (traits.has_newline || !IsProseLine(field.text)) {
    regions = ReadRegions(field.text, document->memory());
  }
  size_t region = 0;
  uint32_t begin = field.begin;
  for (const uint32_t end : *ends) {
    Sentence& sentence = document->sentences.emplace_back();
    sentence.begin = begin;
    sentence.end = end;
    sentence.field = number;
    if (bot) {
      sentence.region = Region::kBot;
    } else if (!regions.empty()) {
      while (regions[region].end <= document->tokens[begin].begin) ++region;
      sentence.region = regions[region].region;
    }
    begin = end;
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
  std::pmr::vector<uint32_t> ends(memory);
  constexpr size_t kUsualSentences = 16;
  ends.reserve(kUsualSentences);
  AddField(Field::Kind::kTitle, 0, ticket.title, /*bot=*/false, tokenizer, &ends, &document);
  AddField(Field::Kind::kDescription, 0, ticket.description, /*bot=*/false, tokenizer, &ends,
           &document);
  for (size_t i = comments.begin; i < comments.end; ++i) {
    const Comment& comment = ticket.comments[i];
    AddField(i == comments.last ? Field::Kind::kLastComment : Field::Kind::kComment,
             static_cast<uint32_t>(i), comment.body, IsBot(comment.author), tokenizer, &ends,
             &document);
  }
  return document;
}

absl::string_view TextOf(const Document& document, const Sentence& sentence) {
  const uint32_t begin = document.tokens[sentence.begin].begin;
  const uint32_t end = document.tokens[sentence.end - 1].end;
  return FieldOf(document, sentence).text.substr(begin, end - begin);
}

std::string LanguageOf(const Document& document) {
  // In the halves of one number, by kind: no branch that a mixed text would have guessed wrongly.
  constexpr uint64_t kWord = 1;
  constexpr uint64_t kIdeograph = uint64_t{1} << 32;
  constexpr std::array<uint64_t, 4> kCounts = {kWord, 0, kIdeograph, 0};
  uint64_t counts = 0;
  for (const Token& token : document.tokens) counts += kCounts[static_cast<size_t>(token.kind)];
  const uint64_t ideographs = counts >> 32;
  const uint64_t words = counts & 0xffffffff;
  if (ideographs + words == 0) return "und";
  // A Chinese word is about two characters; Chinese tickets are full of English terms.
  return ideographs >= words ? "zh" : "en";
}

}  // namespace clearway
