#pragma once

#include <cstdint>

#include "service/classify/document.h"

namespace clearway {

// What the linear model sees of a ticket: hashes of
//   - words and ideographs, and pairs of neighbours,
//   - the first letters of longer words,
//   - all of these once more, marked, where they stand in the last comment: the latest state wins,
//   - the structure: status words, labels, link types, flag, number of comments.
// Presence counts, not frequency.
//
// Sink: void(uint64_t hash, uint32_t token), where `token` is the position the feature is credited
// to, kNoToken for structure.
inline constexpr uint32_t kNoToken = UINT32_MAX;

template <typename Sink>
void EachTextFeature(const Document& document, Sink&& sink) {
  constexpr uint64_t kUnigram = 1;
  constexpr uint64_t kBigram = 2;
  constexpr uint64_t kStem = 3;
  constexpr uint64_t kLast = 4;
  for (const Field& field : document.fields) {
    const bool last = field.kind == Field::Kind::kLastComment;
    const auto emit = [&](uint64_t hash, uint32_t token) {
      sink(hash, token);
      if (last) sink(MixHash(hash, kLast), token);
    };
    for (uint32_t i = field.begin; i < field.end; ++i) {
      const Token& token = document.tokens[i];
      emit(MixHash(token.hash, kUnigram), i);
      if (token.stem != 0) emit(MixHash(token.stem, kStem), i);
      if (i > field.begin) {
        emit(MixHash(MixHash(document.tokens[i - 1].hash, kBigram), token.hash), i);
      }
    }
  }
}

template <typename Sink>
void EachStructureFeature(const Ticket& ticket, const Tokenizer& tokenizer, Sink&& sink) {
  constexpr uint64_t kStatus = 11;
  constexpr uint64_t kLabel = 12;
  constexpr uint64_t kLink = 13;
  constexpr uint64_t kFlagged = 14;
  constexpr uint64_t kDone = 15;
  constexpr uint64_t kComments = 16;
  std::vector<Token> tokens;
  const auto words = [&](absl::string_view text, uint64_t kind) {
    tokens.clear();
    tokenizer.Tokenize(text.substr(0, 256), &tokens);
    uint64_t all = kind;
    for (const Token& token : tokens) {
      sink(MixHash(token.hash, kind), kNoToken);
      all = MixHash(all, token.hash);
    }
    if (tokens.size() > 1) sink(all, kNoToken);
  };
  words(ticket.status, kStatus);
  size_t labels = 0;
  for (const std::string& label : ticket.labels) {
    if (++labels > 50) break;
    words(label, kLabel);
  }
  size_t links = 0;
  for (const TicketLink& link : ticket.links) {
    if (++links > 50) break;
    words(link.type, kLink);
  }
  if (ticket.flagged) sink(MixHash(kFlagged, 1), kNoToken);
  if (ticket.done) sink(MixHash(kDone, 1), kNoToken);
  sink(MixHash(kComments, ticket.comments.size() < 4 ? ticket.comments.size() : 4), kNoToken);
}

}  // namespace clearway
