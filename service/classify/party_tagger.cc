#include "service/classify/party_tagger.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace clearway {
namespace {

double Probability(const WeightTable& table, int32_t sum) {
  return 1 / (1 + std::exp(-(table.bias(0) + sum * double{table.scale(0)})));
}

// "R&D", "protocol-lead": other marks end a name.
bool JoinsWords(absl::string_view mark) {
  return mark == "-" || mark == "/" || mark == "&" || mark == "." || mark == "'";
}

absl::string_view TextOf(const Document& document, const Field& field, PartySpan span) {
  const uint32_t begin = document.tokens[span.begin].begin;
  return field.text.substr(begin, document.tokens[span.end - 1].end - begin);
}

}  // namespace

std::vector<uint32_t> AllSentences(const Document& document) {
  std::vector<uint32_t> sentences(document.sentences.size());
  std::iota(sentences.begin(), sentences.end(), 0U);
  return sentences;
}

std::vector<uint32_t> LikelyBeginnings(const WeightTable& begin, const Document& document,
                                       const std::vector<uint32_t>& sentences) {
  // Sum and token; the best kMaxBeginnings as a heap with the worst on top.
  std::vector<std::pair<int32_t, uint32_t>> best;
  const auto better = [](const auto& a, const auto& b) { return a.first > b.first; };
  for (const uint32_t number : sentences) {
    const Sentence& sentence = document.sentences[number];
    const Field& field = FieldOf(document, sentence.begin);
    for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
      if (document.tokens[i].kind == Token::Kind::kMark) continue;
      int32_t sum = 0;
      EachBeginFeature(document, field, i, [&](uint64_t hash) {
        const uint32_t row = begin.Find(hash);
        if (row != WeightTable::kNotFound) sum += *begin.row(row);
      });
      if (best.size() == kMaxBeginnings && sum <= best.front().first) continue;
      if (best.size() == kMaxBeginnings) {
        std::pop_heap(best.begin(), best.end(), better);
        best.pop_back();
      }
      best.emplace_back(sum, i);
      std::push_heap(best.begin(), best.end(), better);
    }
  }
  std::vector<uint32_t> tokens;
  for (const auto& [sum, token] : best) tokens.push_back(token);
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

std::vector<PartySpan> SpansFrom(const Document& document, uint32_t beginning) {
  const Field& field = FieldOf(document, beginning);
  const uint32_t limit = std::min(field.end, beginning + kMaxPartyTokens);
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

Party FindParty(const WeightTable& begin, const WeightTable& span, const Document& document,
                const std::vector<uint32_t>& sentences) {
  // The same words in several places are one candidate, the likelier for it.
  struct Candidate {
    uint64_t words = 0;
    absl::string_view text;
    double missed = 1;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(kMaxBeginnings * kMaxPartyTokens);
  for (const uint32_t beginning : LikelyBeginnings(begin, document, sentences)) {
    const Field& field = FieldOf(document, beginning);
    for (const PartySpan place : SpansFrom(document, beginning)) {
      int32_t sum = 0;
      EachSpanFeature(document, field, place, [&](uint64_t hash) {
        const uint32_t row = span.Find(hash);
        if (row != WeightTable::kNotFound) sum += *span.row(row);
      });
      const uint64_t words = SpanHash(document, place);
      auto same = std::find_if(candidates.begin(), candidates.end(),
                               [words](const Candidate& c) { return c.words == words; });
      if (same == candidates.end()) {
        same = candidates.insert(same, {words, TextOf(document, field, place), 1});
      }
      same->missed *= 1 - Probability(span, sum);
    }
  }
  Party party;
  const auto best =
      std::min_element(candidates.begin(), candidates.end(),
                       [](const Candidate& a, const Candidate& b) { return a.missed < b.missed; });
  if (best != candidates.end()) party = {std::string(best->text), 1 - best->missed};
  return party;
}

}  // namespace clearway
