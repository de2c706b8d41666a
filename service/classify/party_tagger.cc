#include "service/classify/party_tagger.h"

#include <algorithm>
#include <array>
#include <memory_resource>

#include "service/classify/float_math.h"
#include "service/classify/scratch.h"

namespace clearway {
namespace {

// Keeps e to the score finite, whatever model is loaded.
constexpr double kMaxScore = kLargestPower;
// Odds below e to this against nobody's being named are as good as none.
constexpr double kLeastScore = -7;

// A beginning further behind the best one than this, in log-odds, is not followed up.
constexpr double kHopeless = 3;

// What no name can begin with scores this, far below all else.
constexpr int32_t kNever = -(1 << 20);

// The sentences that are searched, with what is known by position in and around them, each looked
// up once.
class Search {
 public:
  Search(const PartyModel& model, const FeatureIndex& index, const Document& document,
         const KnownTokens& known, const std::pmr::vector<uint32_t>& sentences, Reason reason)
      : model_(model),
        finder_(index.finder()),
        known_(known),
        memory_(document.memory()),
        rows_(document.tokens.size() + document.fields.size() * size_t{2 * kMargin},
              document.memory()),
        places_(document.memory()) {
    places_.reserve(sentences.size());
    for (size_t rank = 0; rank < sentences.size(); ++rank) {
      const PartyContext context(document, document.sentences[sentences[rank]], rank, reason);
      places_.push_back(
          {context, context.sentence().field * size_t{2 * kMargin} + size_t{kMargin}});
      tokens_ += context.sentence().end - context.sentence().begin;
    }
    std::pmr::vector<const Place*> in_order(document.memory());
    in_order.reserve(places_.size());
    for (const Place& place : places_) in_order.push_back(&place);
    std::sort(in_order.begin(), in_order.end(), [](const Place* a, const Place* b) {
      return a->context.sentence().begin < b->context.sentence().begin;
    });
    int64_t found = 0;
    for (const Place* place : in_order) found = FindRows(*place, found);
  }

  const PartyContext& context(size_t sentence) const { return places_[sentence].context; }

  // The best first.
  std::pmr::vector<PartyBeginning> BestBeginnings() const {
    const Scratch<Beginning> all(tokens_, memory_);
    const int32_t highest = ScoreBeginnings(all.begin());
    const double scale = model_.table.scale(0);
    // Sums stay far below it.
    constexpr double kFar = 1e9;
    const int64_t least = std::max(
        highest - static_cast<int64_t>(std::min(kHopeless / scale, kFar)), int64_t{kNever / 2});
    // Without branches: which ones are left no processor can guess.
    Beginning* end = all.begin();
    for (const Beginning& beginning : all) {
      *end = beginning;
      end += beginning.sum >= least ? 1 : 0;
    }
    Beginning* const best = std::min(end, all.begin() + kMaxBeginnings);
    std::partial_sort(all.begin(), best, end, [](const Beginning& a, const Beginning& b) {
      return a.sum != b.sum ? a.sum > b.sum : a.token < b.token;
    });
    std::pmr::vector<PartyBeginning> result(memory_);
    result.reserve(kMaxBeginnings);
    for (const Beginning* i = all.begin(); i != best; ++i) {
      result.push_back({i->sum * scale, i->sentence, i->token});
    }
    return result;
  }

  // Sink: void(PartySpan, uint64_t words, double score), for every span from a beginning.
  template <typename Sink>
  void ScoreSpans(const PartyBeginning& beginning, Sink&& sink) const {
    const Place& place = places_[beginning.sentence];
    const PartyRow* const at = RowsAt(place, beginning.token);
    const PartyModel::Prepared& prepared = model_.prepared;
    int32_t shared = prepared.span_places[place.context.Place()] +
                     prepared.span_beginnings[place.context.ShapeOfBeginning(beginning.token)];
    for (int64_t d = -3; d <= 0; ++d) shared += at[d].ForSpanFrom(d);
    const double base = beginning.score * model_.begin_weight - model_.none;
    uint64_t words = PartyContext::kNoWords;
    uint32_t inner_end = beginning.token;
    EachSpanFrom(place.context, beginning.token, [&](PartySpan span) {
      for (; inner_end < span.end; ++inner_end) {
        shared += at[inner_end - beginning.token].ForSpanAround();
        words = place.context.AddWord(words, inner_end);
      }
      int32_t sum = shared + prepared.spans[place.context.ShapeOfSpan(span)];
      const PartyRow* const end = at + (span.end - beginning.token);
      for (int64_t d = -2; d <= 2; ++d) sum += end[d].ForSpanUpTo(d);
      sink(span, words, base + sum * model_.table.scale(1));
    });
  }

 private:
  static constexpr int64_t kMargin = PartyContext::kMargin;

  struct Place {
    PartyContext context;
    // What is added to a position of its field to get the place in rows_: between the fields lie
    // their margins.
    size_t offset = 0;
  };

  const PartyRow& Find(uint64_t hash) const {
    return model_.prepared.rows[finder_.Find(hash).party];
  }

  // Of the positions in and around a sentence, but for those before `found`; returns up to where
  // they are found then. Both count as rows_ does.
  int64_t FindRows(const Place& place, int64_t found) {
    const auto offset = static_cast<int64_t>(place.offset);
    const int64_t begin =
        std::max(int64_t{place.context.sentence().begin} - kMargin, found - offset);
    const int64_t end = int64_t{place.context.sentence().end} + kMargin;
    // From the first to the last, every token has a next one.
    const int64_t first = place.context.field().begin;
    const int64_t last = int64_t{place.context.field().end} - 1;
    const Token* const tokens = place.context.document().tokens.data();
    PartyRow* const rows = rows_.begin() + offset;
    for (int64_t i = begin; i < first - 1; ++i) rows[i] = model_.prepared.outside;
    if (begin < first) rows[first - 1] = RowOnEdge(place, first - 1);
    // Copies, which the compiler need not read again after each row.
    const FeatureIndex::Finder finder = finder_;
    const PartyRow* const known = model_.prepared.rows.data();
    const FeatureIndex::Place* const words = known_.words.begin();
    const FeatureIndex::Place* const pairs = known_.pairs.begin();
    const PartyContext context = place.context;
    for (int64_t i = std::max(begin, first); i < std::min(end, last); ++i) {
      PartyRow row = known[finder[words[i]].party];
      row += known[finder[pairs[i + 1]].party];
      row += known[finder.Find(context.ReasonedHash(tokens[i])).party];
      rows[i] = row;
    }
    if (end > last) rows[last] = RowOnEdge(place, last);
    for (int64_t i = std::max(begin, last + 1); i < end; ++i) rows[i] = model_.prepared.outside;
    return end + offset;
  }

  // Where either the token or the next one is outside the field.
  PartyRow RowOnEdge(const Place& place, int64_t position) const {
    PartyRow row;
    for (const uint64_t hash : place.context.HashesAt(position)) row += Find(hash);
    return row;
  }

  const PartyRow* RowsAt(const Place& place, uint32_t position) const {
    return &rows_[place.offset + position];
  }

  struct Beginning {
    int32_t sum = 0;
    uint32_t token = 0;
    uint32_t sentence = 0;
  };

  // Of all tokens; returns the highest one, or what marks do not reach.
  int32_t ScoreBeginnings(Beginning* next) const {
    int32_t highest = kNever / 2;
    for (uint32_t s = 0; s < places_.size(); ++s) {
      const Place& place = places_[s];
      const int32_t shared = model_.prepared.places[place.context.Place()];
      const Sentence& sentence = place.context.sentence();
      for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
        const int32_t sum = shared + ScoreBeginning(place, i);
        highest = std::max(highest, sum);
        *next++ = {sum, i, s};
      }
    }
    return highest;
  }

  // Without what all of the sentence share.
  int32_t ScoreBeginning(const Place& place, uint32_t position) const {
    const PartyRow* const at = RowsAt(place, position);
    int32_t sum = model_.prepared.beginnings[place.context.ShapeOfBeginning(position)];
    for (int64_t d = -4; d <= 4; ++d) sum += at[d].ForBeginning(d);
    return sum;
  }

  const PartyModel& model_;
  const FeatureIndex::Finder finder_;
  const KnownTokens& known_;
  std::pmr::memory_resource* const memory_;
  const Scratch<PartyRow> rows_;
  std::pmr::vector<Place> places_;
  // In all of them.
  size_t tokens_ = 0;
};

// The same words in several places are one candidate.
struct Candidate {
  uint64_t words = 0;
  PartySpan span;
  uint32_t field = 0;
  double odds = 0;
};

}  // namespace

void PartyModel::Prepare(const std::vector<uint32_t>& order) {
  prepared.rows.assign(1, {});
  for (const uint32_t number : order) prepared.rows.emplace_back(table.row(number));
  const auto row = [this](uint64_t hash) { return PartyRow(table.row(table.Find(hash))); };
  prepared.outside = {};
  for (const uint64_t hash : PartyContext::HashesOutside()) prepared.outside += row(hash);
  const auto weight = [this](uint64_t hash, size_t role) {
    return table.row(table.Find(hash))[role];
  };
  for (size_t i = 0; i < PartyContext::kShapesOfBeginning; ++i) {
    prepared.beginnings[i] = MayBegin(PartyContext::KindOfBeginning(i))
                                 ? weight(PartyContext::BeginningHash(i), kBeginOtherRole)
                                 : kNever;
    prepared.span_beginnings[i] = weight(PartyContext::BeginningHash(i), kSpanBeginningRole);
  }
  for (size_t i = 0; i < PartyContext::kShapesOfSpan; ++i) {
    prepared.spans[i] = weight(PartyContext::SpanHash(i), kShapeRole);
  }
  for (size_t i = 0; i < PartyContext::kPlaces; ++i) {
    prepared.places[i] = weight(PartyContext::PlaceHash(i), kBeginOtherRole);
    prepared.span_places[i] = weight(PartyContext::PlaceHash(i), kSpanPlaceRole);
  }
}

std::pmr::vector<PartyBeginning> LikelyBeginnings(
    const PartyModel& model, const FeatureIndex& index, const Document& document,
    const KnownTokens& known, const std::pmr::vector<uint32_t>& sentences, Reason reason) {
  return Search(model, index, document, known, sentences, reason).BestBeginnings();
}

Party FindParty(const PartyModel& model, const FeatureIndex& index, const Document& document,
                const KnownTokens& known, const std::pmr::vector<uint32_t>& sentences,
                Reason reason) {
  const Search search(model, index, document, known, sentences, reason);
  std::pmr::vector<Candidate> candidates(document.memory());
  candidates.reserve(kMaxBeginnings * kMaxPartyTokens);
  // Against nobody's being named.
  double sum = 1;
  const std::pmr::vector<PartyBeginning> beginnings = search.BestBeginnings();
  for (auto beginning = beginnings.begin(); beginning != beginnings.end(); ++beginning) {
    const auto hash_at = [&](const PartyBeginning& b) { return document.tokens[b.token].hash; };
    const bool may_repeat = std::any_of(
        beginnings.begin(), beginning,
        [&](const PartyBeginning& earlier) { return hash_at(earlier) == hash_at(*beginning); });
    const uint32_t field = search.context(beginning->sentence).sentence().field;
    search.ScoreSpans(*beginning, [&](PartySpan span, uint64_t words, double score) {
      if (score < kLeastScore) return;
      const double odds = double{ExpOf(static_cast<float>(std::min(score, kMaxScore)))};
      sum += odds;
      const auto same = may_repeat
                            ? std::find_if(candidates.begin(), candidates.end(),
                                           [words](const Candidate& c) { return c.words == words; })
                            : candidates.end();
      if (same == candidates.end()) {
        candidates.push_back({words, span, field, odds});
      } else {
        same->odds += odds;
      }
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
