#include "service/classify/party_tagger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace clearway {
namespace {

// Keeps e to the score finite, whatever model is loaded.
constexpr double kMaxScore = 100;
// Odds below e to this against nobody's being named are as good as none.
constexpr double kLeastScore = -7;

// A beginning further behind the best one than this, in log-odds, is not followed up.
constexpr double kHopeless = 3;

// The rows of what is looked up by position.
struct Rows {
  const RoleTable::Row* parts[PartyContext::kParts];
};

// The sentences that are searched, with the rows of every position in and around them, each looked
// up once.
class Search {
 public:
  Search(const PartyModel& model, const Document& document,
         const std::pmr::vector<uint32_t>& sentences, Reason reason)
      : model_(model),
        finder_(model.table.finder()),
        rows_(document.memory()),
        places_(document.memory()) {
    rows_.resize(document.tokens.size() + document.fields.size() * size_t{2 * kMargin});
    places_.reserve(sentences.size());
    for (size_t rank = 0; rank < sentences.size(); ++rank) {
      const PartyContext context(document, document.sentences[sentences[rank]], rank, reason);
      places_.push_back({context, &finder_.Find(context.PlaceHash()),
                         context.sentence().field * size_t{2 * kMargin} + size_t{kMargin}});
    }
    for (const Place& place : places_) LookUp(place);
    for (size_t shape = 0; shape < shapes_.size(); ++shape) {
      shapes_[shape] = &finder_.Find(PartyContext::BeginningHash(shape));
    }
  }

  const PartyContext& context(size_t sentence) const { return places_[sentence].context; }

  std::pmr::vector<PartyBeginning> BestBeginnings() const {
    // A heap with the worst on top.
    std::pmr::vector<PartyBeginning> best(places_.get_allocator().resource());
    best.reserve(kMaxBeginnings + 1);
    const auto better = [](const auto& a, const auto& b) { return a.score > b.score; };
    double highest = -std::numeric_limits<double>::infinity();
    for (size_t s = 0; s < places_.size(); ++s) {
      const Sentence& sentence = context(s).sentence();
      for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
        if (!MayBegin(context(s).document().tokens[i])) continue;
        const double score = ScoreBeginning(places_[s], i) * model_.table.scale(0);
        if (best.size() == kMaxBeginnings && score <= best.front().score) continue;
        highest = std::max(highest, score);
        if (score < highest - kHopeless) continue;
        best.push_back({score, s, i});
        std::push_heap(best.begin(), best.end(), better);
        if (best.size() <= kMaxBeginnings) continue;
        std::pop_heap(best.begin(), best.end(), better);
        best.pop_back();
      }
    }
    std::erase_if(best, [&](const auto& b) { return b.score < highest - kHopeless; });
    return best;
  }

  // Sink: void(PartySpan, uint64_t words, double score), for every span from a beginning.
  template <typename Sink>
  void ScoreSpans(const PartyBeginning& beginning, Sink&& sink) const {
    const Place& place = places_[beginning.sentence];
    const Rows* at = RowsAt(place, beginning.token);
    int32_t shared =
        (*place.row)[kSpanPlaceRole] +
        (*shapes_[place.context.ShapeOfBeginning(beginning.token)])[kSpanBeginningRole];
    EachSpanBeginPart(0, [&](PartyContext::Part part, int64_t d, size_t role) {
      shared += (*at[d].parts[part])[role];
    });
    const double base = beginning.score * model_.begin_weight - model_.none;
    uint64_t words = PartyContext::kNoWords;
    uint32_t inner_end = beginning.token;
    EachSpanFrom(place.context, beginning.token, [&](PartySpan span) {
      for (; inner_end < span.end; ++inner_end) {
        shared += (*at[inner_end - beginning.token].parts[PartyContext::kToken])[kInnerRole];
        words = place.context.AddWord(words, inner_end);
      }
      int32_t sum = shared + finder_.Find(words)[kWordsRole] +
                    finder_.Find(place.context.SidesHash(span))[kSidesRole] +
                    finder_.Find(place.context.ShapeHash(span))[kShapeRole] +
                    finder_.Find(place.context.ReasonHash(span))[kReasonRole];
      EachSpanEndPart(span.end - beginning.token,
                      [&](PartyContext::Part part, int64_t d, size_t role) {
                        sum += (*at[d].parts[part])[role];
                      });
      sink(span, words, base + sum * model_.table.scale(1));
    });
  }

 private:
  static constexpr int64_t kMargin = PartyContext::kMargin;

  struct Place {
    PartyContext context;
    const RoleTable::Row* row = nullptr;
    // What is added to a position of its field to get the place in rows_: between the fields lie
    // their margins.
    size_t offset = 0;
  };

  void LookUp(const Place& place) {
    const Sentence& sentence = place.context.sentence();
    const int64_t end = int64_t{sentence.end} + kMargin;
    for (int64_t i = int64_t{sentence.begin} - kMargin; i < end; ++i) {
      Rows& rows = rows_[static_cast<size_t>(i + static_cast<int64_t>(place.offset))];
      // A neighbour has been here.
      if (rows.parts[0] != nullptr) continue;
      const PartyContext::Hashes hashes = place.context.HashesAt(i);
      for (size_t part = 0; part < PartyContext::kParts; ++part) {
        rows.parts[part] = &finder_.Find(hashes[part]);
      }
    }
  }

  const Rows* RowsAt(const Place& place, uint32_t position) const {
    return &rows_[place.offset + position];
  }

  int32_t ScoreBeginning(const Place& place, uint32_t position) const {
    const Rows* at = RowsAt(place, position);
    int32_t sum = (*place.row)[kBeginOtherRole] +
                  (*shapes_[place.context.ShapeOfBeginning(position)])[kBeginOtherRole];
    EachBeginPart(0, [&](PartyContext::Part part, int64_t d, size_t role) {
      sum += (*at[d].parts[part])[role];
    });
    return sum;
  }

  const PartyModel& model_;
  const RoleTable::Finder finder_;
  std::pmr::vector<Rows> rows_;
  std::pmr::vector<Place> places_;
  std::array<const RoleTable::Row*, PartyContext::kShapesOfBeginning> shapes_{};
};

// The same words in several places are one candidate.
struct Candidate {
  uint64_t words = 0;
  PartySpan span;
  uint32_t field = 0;
  double odds = 0;
};

}  // namespace

std::pmr::vector<PartyBeginning> LikelyBeginnings(const PartyModel& model, const Document& document,
                                                  const std::pmr::vector<uint32_t>& sentences,
                                                  Reason reason) {
  return Search(model, document, sentences, reason).BestBeginnings();
}

Party FindParty(const PartyModel& model, const Document& document,
                const std::pmr::vector<uint32_t>& sentences, Reason reason) {
  const Search search(model, document, sentences, reason);
  std::pmr::vector<Candidate> candidates(document.memory());
  candidates.reserve(kMaxBeginnings * kMaxPartyTokens);
  // Against nobody's being named.
  double sum = 1;
  for (const PartyBeginning& beginning : search.BestBeginnings()) {
    const uint32_t field = search.context(beginning.sentence).sentence().field;
    search.ScoreSpans(beginning, [&](PartySpan span, uint64_t words, double score) {
      if (score < kLeastScore) return;
      const double odds = std::exp(std::min(score, kMaxScore));
      sum += odds;
      auto same = std::find_if(candidates.begin(), candidates.end(),
                               [words](const Candidate& c) { return c.words == words; });
      if (same == candidates.end()) same = candidates.insert(same, {words, span, field, 0});
      same->odds += odds;
    });
  }
  const auto best =
      std::max_element(candidates.begin(), candidates.end(),
                       [](const Candidate& a, const Candidate& b) { return a.odds < b.odds; });
  if (best == candidates.end()) return {};
  const Sentence place{best->span.begin, best->span.end, best->field};
  return {std::string(TextOf(document, place)), best->odds / sum};
}

}  // namespace clearway
