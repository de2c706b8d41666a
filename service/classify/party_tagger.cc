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

// The sentences that are searched, with what is known by position in and around them, each looked
// up once.
class Search {
 public:
  Search(const PartyModel& model, const FeatureIndex& index, const Document& document,
         const KnownTokens& known, const std::pmr::vector<uint32_t>& sentences, Reason reason)
      : model_(model),
        finder_(index.finder()),
        known_(known),
        rows_(document.tokens.size() + document.fields.size() * size_t{2 * kMargin},
              document.memory()),
        places_(document.memory()) {
    places_.reserve(sentences.size());
    for (size_t rank = 0; rank < sentences.size(); ++rank) {
      const PartyContext context(document, document.sentences[sentences[rank]], rank, reason);
      places_.push_back(
          {context, context.sentence().field * size_t{2 * kMargin} + size_t{kMargin}});
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
    std::pmr::vector<Beginning> all = ScoreBeginnings();
    int32_t highest = std::numeric_limits<int32_t>::min();
    for (const Beginning& beginning : all) highest = std::max(highest, beginning.sum);
    const double scale = model_.table.scale(0);
    // Without branches: which ones are left no processor can guess.
    size_t left = 0;
    for (const Beginning& beginning : all) {
      all[left] = beginning;
      left += (highest - beginning.sum) * scale <= kHopeless ? 1 : 0;
    }
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(left);
    const auto best = all.begin() + static_cast<std::ptrdiff_t>(std::min(left, kMaxBeginnings));
    std::partial_sort(all.begin(), best, end, [](const Beginning& a, const Beginning& b) {
      return a.sum != b.sum ? a.sum > b.sum : a.token < b.token;
    });
    std::pmr::vector<PartyBeginning> result(places_.get_allocator());
    result.reserve(kMaxBeginnings);
    for (auto i = all.begin(); i != best; ++i) {
      result.push_back({i->sum * scale, i->sentence, i->token});
    }
    return result;
  }

  // Sink: void(PartySpan, uint64_t words, double score), for every span from a beginning.
  template <typename Sink>
  void ScoreSpans(const PartyBeginning& beginning, Sink&& sink) const {
    const Place& place = places_[beginning.sentence];
    const RoleTable::Row* at = RowsAt(place, beginning.token);
    int32_t shared =
        PlaceRow(place)[kSpanPlaceRole] + BeginningRow(place, beginning.token)[kSpanBeginningRole];
    EachSpanBeginPart(0,
                      [&](PartyContext::Part, int64_t d, size_t role) { shared += at[d][role]; });
    const double base = beginning.score * model_.begin_weight - model_.none;
    uint64_t words = PartyContext::kNoWords;
    uint32_t inner_end = beginning.token;
    EachSpanFrom(place.context, beginning.token, [&](PartySpan span) {
      for (; inner_end < span.end; ++inner_end) {
        shared += at[inner_end - beginning.token][kInnerRole];
        words = place.context.AddWord(words, inner_end);
      }
      int32_t sum = shared + Find(words)[kWordsRole] +
                    Find(place.context.SidesHash(span))[kSidesRole] +
                    Find(place.context.ReasonHash(span))[kReasonRole] +
                    Row(model_.fixed.spans[place.context.ShapeOfSpan(span)])[kShapeRole];
      EachSpanEndPart(span.end - beginning.token,
                      [&](PartyContext::Part, int64_t d, size_t role) { sum += at[d][role]; });
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

  const RoleTable::Row& Row(uint32_t number) const { return model_.table.row(number); }
  const RoleTable::Row& Find(uint64_t hash) const { return Row(finder_.Find(hash).party); }
  const RoleTable::Row& PlaceRow(const Place& place) const {
    return Row(model_.fixed.places[place.context.Place()]);
  }
  const RoleTable::Row& BeginningRow(const Place& place, uint32_t position) const {
    return Row(model_.fixed.beginnings[place.context.ShapeOfBeginning(position)]);
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
    RoleTable::Row* const rows = rows_.data() + offset;
    for (int64_t i = begin; i < first - 1; ++i) rows[i] = model_.fixed.outside;
    if (begin < first) rows[first - 1] = RowOnEdge(place, first - 1);
    for (int64_t i = std::max(begin, first); i < std::min(end, last); ++i) {
      const auto at = static_cast<size_t>(i);
      rows[i] = Row(finder_[known_.words[at]].party) | Row(finder_[known_.pairs[at + 1]].party) |
                Find(PartyContext::EndingHash(tokens[i]));
    }
    if (end > last) rows[last] = RowOnEdge(place, last);
    for (int64_t i = std::max(begin, last + 1); i < end; ++i) rows[i] = model_.fixed.outside;
    return end + offset;
  }

  // Where either the token or the next one is outside the field.
  RoleTable::Row RowOnEdge(const Place& place, int64_t position) const {
    const PartyContext::Hashes hashes = place.context.HashesAt(position);
    return Find(hashes[PartyContext::kToken]) | Find(hashes[PartyContext::kPair]) |
           Find(hashes[PartyContext::kEnding]);
  }

  const RoleTable::Row* RowsAt(const Place& place, uint32_t position) const {
    return &rows_[place.offset + position];
  }

  struct Beginning {
    int32_t sum = 0;
    uint32_t token = 0;
    size_t sentence = 0;
  };

  std::pmr::vector<Beginning> ScoreBeginnings() const {
    std::pmr::vector<Beginning> beginnings(places_.get_allocator());
    size_t tokens = 0;
    for (const Place& place : places_) {
      tokens += place.context.sentence().end - place.context.sentence().begin;
    }
    beginnings.resize(tokens);
    size_t count = 0;
    for (size_t s = 0; s < places_.size(); ++s) {
      const Place& place = places_[s];
      const Token* const document = place.context.document().tokens.data();
      const int32_t shared = PlaceRow(place)[kBeginOtherRole];
      const Sentence& sentence = place.context.sentence();
      for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
        beginnings[count] = {shared + ScoreBeginning(place, i), i, s};
        count += MayBegin(document[i]) ? 1 : 0;
      }
    }
    beginnings.resize(count);
    return beginnings;
  }

  // Without what all of the sentence share.
  int32_t ScoreBeginning(const Place& place, uint32_t position) const {
    const RoleTable::Row* at = RowsAt(place, position);
    int32_t sum = BeginningRow(place, position)[kBeginOtherRole];
    EachBeginPart(0, [&](PartyContext::Part, int64_t d, size_t role) { sum += at[d][role]; });
    return sum;
  }

  const PartyModel& model_;
  const FeatureIndex::Finder finder_;
  const KnownTokens& known_;
  std::pmr::vector<RoleTable::Row> rows_;
  std::pmr::vector<Place> places_;
};

// The same words in several places are one candidate.
struct Candidate {
  uint64_t words = 0;
  PartySpan span;
  uint32_t field = 0;
  double odds = 0;
};

}  // namespace

void PartyModel::FindFixedRows() {
  for (size_t i = 0; i < fixed.beginnings.size(); ++i) {
    fixed.beginnings[i] = table.Find(PartyContext::BeginningHash(i));
  }
  for (size_t i = 0; i < fixed.spans.size(); ++i) {
    fixed.spans[i] = table.Find(PartyContext::SpanHash(i));
  }
  for (size_t i = 0; i < fixed.places.size(); ++i) {
    fixed.places[i] = table.Find(PartyContext::PlaceHash(i));
  }
  fixed.outside = RoleTable::Row();
  for (const uint64_t hash : PartyContext::HashesOutside()) {
    fixed.outside = fixed.outside | table.row(table.Find(hash));
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
