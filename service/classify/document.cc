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

// Whether a sentence ends after `token`, given the text between it and the next one.
bool EndsSentence(absl::string_view mark, absl::string_view gap) {
  if (gap.find('\n') != absl::string_view::npos) return true;
  if (mark == "。" || mark == "！" || mark == "？" || mark == "；") return true;
  // "v1.2" and "e.g.x" go on; a full stop ends a sentence where white space follows.
  return (mark == "." || mark == "!" || mark == "?" || mark == ";") && !gap.empty();
}

void AddField(Field::Kind kind, uint32_t comment, absl::string_view text,
              const Tokenizer& tokenizer, Document* document) {
  Field field;
  field.kind = kind;
  field.comment = comment;
  field.text = Head(text, kMaxFieldBytes);
  field.begin = static_cast<uint32_t>(document->tokens.size());
  field.first_sentence = static_cast<uint32_t>(document->sentences.size());
  tokenizer.Tokenize(field.text, &document->tokens);
  field.end = static_cast<uint32_t>(document->tokens.size());
  uint32_t begin = field.begin;
  for (uint32_t i = field.begin; i < field.end; ++i) {
    const Token& token = document->tokens[i];
    const bool last = i + 1 == field.end;
    const size_t next = last ? field.text.size() : document->tokens[i + 1].begin;
    if (last || EndsSentence(field.text.substr(token.begin, token.end - token.begin),
                             field.text.substr(token.end, next - token.end))) {
      document->sentences.push_back({begin, i + 1});
      begin = i + 1;
    }
  }
  field.last_sentence = static_cast<uint32_t>(document->sentences.size());
  document->fields.push_back(field);
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

Document ReadDocument(const Ticket& ticket, const Tokenizer& tokenizer) {
  Document document;
  size_t bytes = ticket.title.size() + ticket.description.size();
  for (const Comment& comment : ticket.comments) bytes += comment.body.size();
  document.tokens.reserve(std::min(bytes / 3, kMaxFieldBytes));
  AddField(Field::Kind::kTitle, 0, ticket.title, tokenizer, &document);
  AddField(Field::Kind::kDescription, 0, ticket.description, tokenizer, &document);
  const size_t count = ticket.comments.size();
  for (size_t i = count > kMaxComments ? count - kMaxComments : 0; i < count; ++i) {
    AddField(i + 1 == count ? Field::Kind::kLastComment : Field::Kind::kComment,
             static_cast<uint32_t>(i), ticket.comments[i].body, tokenizer, &document);
  }
  return document;
}

const Field& FieldOf(const Document& document, uint32_t token) {
  return *std::find_if(document.fields.begin(), document.fields.end(),
                       [token](const Field& field) { return token < field.end; });
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
