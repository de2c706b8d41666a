#include "service/classify/party_tagger.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/string_view.h"

namespace clearway {
namespace {

// Keeps e to the score finite, whatever model is loaded.
constexpr double kMaxScore = 100;

// The rows of everything in a sentence that is looked up by position, each looked up once.
class SentenceRows {
 public:
  SentenceRows(const RoleTable& table, const Document& document, const Sentence& sentence,
               size_t rank, Reason reason)
      : table_(table), context_(document, sentence, rank, reason) {
    for (size_t part = 0; part < PartyContext::kParts; ++part) {
      const std::vector<uint64_t>& hashes = context_.hashes(static_cast<PartyContext::Part>(part));
      rows_[part].reserve(hashes.size());
      for (const uint64_t hash : hashes) rows_[part].push_back(&table.Find(hash));
    }
  }

  const PartyContext& context() const { return context_; }

  int32_t ScoreBeginning(uint32_t position) const {
    int32_t sum = 0;
    EachBeginFeature(
        context_, position,
        [&](PartyContext::Part part, int64_t at, size_t role) { sum += Weight(part, at, role); },
        [&](uint64_t hash, size_t role) { sum += table_.Find(hash)[role]; });
    return sum;
  }

  int32_t ScoreSpan(PartySpan span) const {
    int32_t sum = 0;
    EachSpanFeature(
        context_, span,
        [&](PartyContext::Part part, int64_t at, size_t role) { sum += Weight(part, at, role); },
        [&](uint64_t hash, size_t role) { sum += table_.Find(hash)[role]; });
    return sum;
  }

 private:
  int32_t Weight(PartyContext::Part part, int64_t position, size_t role) const {
    return (*rows_[part][context_.IndexOf(position)])[role];
  }

  const RoleTable& table_;
  PartyContext context_;
  std::vector<const RoleTable::Row*> rows_[PartyContext::kParts];
};

std::vector<SentenceRows> Rows(const PartyModel& model, const Document& document,
                               const std::vector<uint32_t>& sentences, Reason reason) {
  std::vector<SentenceRows> rows;
  rows.reserve(sentences.size());
  for (size_t rank = 0; rank < sentences.size(); ++rank) {
    rows.emplace_back(model.table, document, document.sentences[sentences[rank]], rank,
                      reason);
  }
  return rows;
}

std::vector<PartyBeginning> BestBeginnings(const PartyModel& model,
                                           const std::vector<SentenceRows>& sentences) {
  // A heap with the worst on top.
  std::vector<PartyBeginning> best;
  const auto better = [](const auto& a, const auto& b) { return a.score > b.score; };
  for (size_t s = 0; s < sentences.size(); ++s) {
    const PartyContext& context = sentences[s].context();
    const Sentence& sentence = context.sentence();
    for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
      if (!MayBegin(context.document().tokens[i])) continue;
      const double score = sentences[s].ScoreBeginning(i) * model.table.scale(0);
      if (best.size() == kMaxBeginnings && score <= best.front().score) continue;
      if (best.size() == kMaxBeginnings) {
        std::pop_heap(best.begin(), best.end(), better);
        best.pop_back();
      }
      best.push_back({score, s, i});
      std::push_heap(best.begin(), best.end(), better);
    }
  }
  return best;
}

// The same words in several places are one candidate.
struct Candidate {
  uint64_t words = 0;
  absl::string_view text;
  double odds = 0;
};

}  // namespace

std::vector<PartyBeginning> LikelyBeginnings(const PartyModel& model, const Document& document,
                                             const std::vector<uint32_t>& sentences,
                                             Reason reason) {
  return BestBeginnings(model, Rows(model, document, sentences, reason));
}

Party FindParty(const PartyModel& model, const Document& document,
                const std::vector<uint32_t>& sentences, Reason reason) {
  const std::vector<SentenceRows> rows = Rows(model, document, sentences, reason);
  std::vector<Candidate> candidates;
  candidates.reserve(kMaxBeginnings * kMaxPartyTokens);
  // Against nobody's being named.
  double sum = 1;
  for (const PartyBeginning& beginning : BestBeginnings(model, rows)) {
    const SentenceRows& sentence = rows[beginning.sentence];
    for (const PartySpan span : SpansFrom(sentence.context(), beginning.token)) {
      const double score = sentence.ScoreSpan(span) * model.table.scale(1) +
                           beginning.score * model.begin_weight - model.none;
      const double odds = std::exp(std::min(score, kMaxScore));
      sum += odds;
      const uint64_t words = sentence.context().WordsHash(span);
      auto same = std::find_if(candidates.begin(), candidates.end(),
                               [words](const Candidate& c) { return c.words == words; });
      if (same == candidates.end()) {
        const Sentence place{span.begin, span.end, sentence.context().sentence().field};
        same = candidates.insert(same, {words, TextOf(document, place), 0});
      }
      same->odds += odds;
    }
  }
  Party party;
  const auto best =
      std::max_element(candidates.begin(), candidates.end(),
                       [](const Candidate& a, const Candidate& b) { return a.odds < b.odds; });
  if (best != candidates.end()) party = {std::string(best->text), best->odds / sum};
  return party;
}

}  // namespace clearway
