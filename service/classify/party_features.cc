#include "service/classify/party_features.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace clearway {
namespace {

constexpr size_t kEndingLetters = 3;

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

// "R&D", "protocol-lead": other marks end a name.
bool JoinsWords(absl::string_view mark) {
  return mark == "-" || mark == "/" || mark == "&" || mark == "." || mark == "'";
}

}  // namespace

PartyContext::PartyContext(const Document& document, const Sentence& sentence, size_t rank,
                           Reason reason)
    : document_(&document),
      sentence_(&sentence),
      rank_(std::min(rank, kMaxRank)),
      reason_(reason),
      origin_(int64_t{sentence.begin} - kMargin - 1) {
  const Field& field = FieldOf(document, sentence);
  const int64_t end = int64_t{sentence.end} + kMargin + 2;
  for (std::vector<uint64_t>& hashes : hashes_) {
    hashes.reserve(static_cast<size_t>(end - origin_));
  }
  for (int64_t i = origin_; i < end; ++i) {
    const bool inside = i >= field.begin && i < field.end;
    const Token* token = inside ? &document.tokens[static_cast<size_t>(i)] : nullptr;
    hashes_[kToken].push_back(inside ? token->hash : 0);
    hashes_[kEnding].push_back(inside ? EndingHash(field.text, *token) : 0);
  }
  for (size_t i = 0; i + 1 < hashes_[kToken].size(); ++i) {
    hashes_[kPair].push_back(MixHash(hashes_[kToken][i] + 0x2c, hashes_[kToken][i + 1]));
  }
}

uint64_t PartyContext::BeginningHash(uint32_t position) const {
  const Token& token = document_->tokens[position];
  const auto kind = static_cast<uint64_t>(token.kind);
  return MixHash(kind * 4 + (token.capital ? 2 : 0) + (position == sentence_->begin ? 1 : 0), 0x61);
}

uint64_t PartyContext::ShapeHash(PartySpan span) const {
  const Token& first = document_->tokens[span.begin];
  const Token& last = document_->tokens[span.end - 1];
  const uint64_t shape = static_cast<uint64_t>(first.kind) * 2 + (last.capital ? 1 : 0);
  return MixHash(shape * 16 + (span.end - span.begin), 0x62);
}

uint64_t PartyContext::WordsHash(PartySpan span) const {
  uint64_t hash = 0x63;
  for (uint32_t i = span.begin; i < span.end; ++i) hash = MixHash(hash, HashAt(i));
  return hash;
}

uint64_t PartyContext::SidesHash(PartySpan span) const {
  return MixHash(HashAt(int64_t{span.begin} - 1) + 0x64, HashAt(span.end));
}

uint64_t PartyContext::PlaceHash() const {
  const auto kind = static_cast<uint64_t>(FieldOf(*document_, *sentence_).kind);
  return MixHash(kind * 16 + rank_, 0x65);
}

uint64_t PartyContext::ReasonHash(PartySpan span) const {
  return MixHash(static_cast<uint64_t>(reason_) + 0x66, HashAt(int64_t{span.end} - 1));
}

std::vector<PartySpan> SpansFrom(const PartyContext& context, uint32_t beginning) {
  const Document& document = context.document();
  const Field& field = FieldOf(document, context.sentence());
  const uint32_t limit = std::min(context.sentence().end, beginning + kMaxPartyTokens);
  std::vector<PartySpan> spans;
  for (uint32_t i = beginning; i < limit; ++i) {
    const Token& token = document.tokens[i];
    if (token.kind != Token::Kind::kMark) {
      spans.push_back({beginning, i + 1});
    } else if (!JoinsWords(field.text.substr(token.begin, token.end - token.begin))) {
      break;
    }
  }
  return spans;
}

}  // namespace clearway
