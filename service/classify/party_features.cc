#include "service/classify/party_features.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace clearway {
namespace {

constexpr uint32_t kEndingLetters = 3;

// Of a longer word: "-ist", "-eam", "-ing". 0 for what is none.
uint64_t EndingHash(absl::string_view text, const Token& token) {
  if (token.kind != Token::Kind::kWord || token.end - token.begin <= kEndingLetters) return 0;
  uint64_t hash = 0x45;
  for (uint32_t i = token.end - kEndingLetters; i < token.end; ++i) {
    const char c = absl::ascii_tolower(static_cast<unsigned char>(text[i]));
    hash = hash << 8 | static_cast<unsigned char>(c);
  }
  return MixHash(hash, 0x45);
}

}  // namespace

PartyContext::PartyContext(const Document& document, const Sentence& sentence, size_t rank,
                           Reason reason)
    : document_(&document),
      sentence_(&sentence),
      field_(&FieldOf(document, sentence)),
      rank_(std::min(rank, kMaxRank)),
      reason_(reason) {}

PartyContext::Hashes PartyContext::HashesAt(int64_t position) const {
  const uint64_t token = TokenHash(position);
  Hashes hashes{token, MixHash(token + 0x2c, TokenHash(position + 1)), 0};
  if (token != 0) {
    hashes[kEnding] = EndingHash(field_->text, document_->tokens[static_cast<size_t>(position)]);
  }
  return hashes;
}

size_t PartyContext::ShapeOfBeginning(uint32_t position) const {
  const Token& token = document_->tokens[position];
  return static_cast<size_t>(token.kind) * 4 + (token.capital ? 2U : 0U) +
         (position == sentence_->begin ? 1U : 0U);
}

uint64_t PartyContext::PlaceHash() const {
  return MixHash(static_cast<uint64_t>(field_->kind) * 16 + rank_, 0x65);
}

uint64_t PartyContext::ShapeHash(PartySpan span) const {
  const Token& first = document_->tokens[span.begin];
  const Token& last = document_->tokens[span.end - 1];
  const uint64_t shape = static_cast<uint64_t>(first.kind) * 2 + (last.capital ? 1 : 0);
  return MixHash(shape * 16 + (span.end - span.begin), 0x62);
}

uint64_t PartyContext::SidesHash(PartySpan span) const {
  return MixHash(TokenHash(int64_t{span.begin} - 1) + 0x64, TokenHash(span.end));
}

uint64_t PartyContext::ReasonHash(PartySpan span) const {
  return MixHash(static_cast<uint64_t>(reason_) + 0x66, document_->tokens[span.end - 1].hash);
}

bool JoinsWords(absl::string_view mark) {
  return mark == "-" || mark == "/" || mark == "&" || mark == "." || mark == "'";
}

}  // namespace clearway
