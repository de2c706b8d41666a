#include "service/classify/trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "service/classify/conditional_logit.h"
#include "service/classify/document.h"
#include "service/classify/evidence.h"
#include "service/classify/features.h"
#include "service/classify/one_vs_rest.h"
#include "service/classify/party_tagger.h"
#include "service/classify/verdict.h"
#include "service/classify/verdict_scorer.h"

namespace clearway {
namespace {

// A word or a pair of neighbours where it stands.
struct Unit {
  uint64_t hash = 0;
  // Of a longer word, else 0.
  uint64_t stem = 0;
  // Share of its weight that counts there.
  float share = 1;
  // In the last comment's prose.
  bool last = false;
};

// A record with everything that is worked out once for all folds.
struct Example {
  const LabelledRecord* record = nullptr;
  Document document;
  // In reading order.
  std::vector<Unit> words;
  std::vector<Unit> pairs;
  std::vector<uint64_t> structure;
};

using Examples = std::vector<const Example*>;

// Numbers the features that occur in at least `least` of the rows; by ascending hash, so that the
// order does not hang on the table's.
struct Vocabulary {
  std::vector<uint64_t> hashes;
  std::vector<int> counts;
  absl::flat_hash_map<uint64_t, int> index;

  Vocabulary(const absl::flat_hash_map<uint64_t, int>& frequencies, int least) {
    for (const auto& [hash, count] : frequencies) {
      if (count >= least) hashes.push_back(hash);
    }
    std::sort(hashes.begin(), hashes.end());
    for (size_t i = 0; i < hashes.size(); ++i) {
      index[hashes[i]] = static_cast<int>(i);
      counts.push_back(frequencies.at(hashes[i]));
    }
  }
};

// Every hash that some feature of the example has, each once.
std::vector<uint64_t> AllHashes(const Example& example) {
  std::vector<uint64_t> hashes = example.structure;
  for (const std::vector<Unit>* units : {&example.words, &example.pairs}) {
    for (const Unit& unit : *units) {
      for (const uint64_t hash : {unit.hash, unit.stem}) {
        if (hash == 0) continue;
        hashes.push_back(hash);
        if (unit.last) hashes.push_back(MarkedHash(hash));
      }
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

// The features that the verdict is learned from, and what becomes of them in the table: there a
// word and its stem are one entry, which at work is one look-up.
class VerdictFeatures {
 public:
  VerdictFeatures(const Examples& examples, int least) : vocabulary_(Count(examples), least) {
    const auto count = static_cast<double>(examples.size());
    for (const int seen : vocabulary_.counts) {
      idfs_.push_back(static_cast<float>(std::log((count + 1) / (seen + 1)) + 1));
    }
    for (const Example* example : examples) {
      for (const Unit& word : example->words) AddSlot({word.hash, word.stem});
      for (const Unit& word : example->words) {
        if (word.stem != 0) AddSlot({word.stem, 0});
      }
      for (const Unit& pair : example->pairs) AddSlot({pair.hash, 0});
      for (const uint64_t hash : example->structure) AddSlot({hash, 0});
    }
  }

  int size() const { return static_cast<int>(idfs_.size()); }

  // What the classifier will see of an example.
  std::vector<SparseExamples::Entry> Row(const Example& example) const {
    RowBuilder row(*this);
    for (const Unit& word : example.words) {
      row.Add(Knows(word.hash) ? Slot{word.hash, word.stem} : Slot{word.stem, 0}, word);
    }
    for (const Unit& pair : example.pairs) row.Add({pair.hash, 0}, pair);
    for (const uint64_t hash : example.structure) row.Add({hash, 0}, Unit());
    return row.Finish();
  }

  // Rows for the table, from weights trained on rows as above.
  std::vector<WeightTable::Feature> TableFeatures(
      const std::vector<const LinearWeights*>& heads) const {
    std::vector<WeightTable::Feature> features;
    for (const auto& [hash, stem] : slots_) {
      WeightTable::Feature& feature = features.emplace_back();
      feature.hash = hash;
      feature.weights = Weights(Parts({hash, stem}, /*marked=*/false), heads);
      feature.marked = Weights(Parts({hash, stem}, /*marked=*/true), heads);
      // Or the word would be taken for an unknown one, and its stem looked up instead.
      feature.keep = stem != 0 && Knows(stem);
    }
    return features;
  }

 private:
  // An entry of the table.
  struct Slot {
    uint64_t hash = 0;
    uint64_t stem = 0;
  };

  static absl::flat_hash_map<uint64_t, int> Count(const Examples& examples) {
    absl::flat_hash_map<uint64_t, int> frequencies;
    for (const Example* example : examples) {
      for (const uint64_t hash : AllHashes(*example)) ++frequencies[hash];
    }
    return frequencies;
  }

  bool Knows(uint64_t hash) const { return vocabulary_.index.contains(hash); }

  void AddSlot(Slot slot) {
    if (Knows(slot.hash)) slots_[slot.hash] = slot.stem;
  }

  // Numbers of the features that a slot stands for.
  std::vector<int> Parts(Slot slot, bool marked) const {
    std::vector<int> parts;
    for (const uint64_t hash : {slot.hash, slot.stem}) {
      if (hash == 0) continue;
      const auto found = vocabulary_.index.find(marked ? MarkedHash(hash) : hash);
      if (found != vocabulary_.index.end()) parts.push_back(found->second);
    }
    return parts;
  }

  WeightTable::Weights Weights(const std::vector<int>& parts,
                               const std::vector<const LinearWeights*>& heads) const {
    WeightTable::Weights result;
    if (parts.empty()) return result;
    for (const LinearWeights* head : heads) {
      for (size_t k = 0; k < head->bias.size(); ++k) {
        double sum = 0;
        for (const int part : parts) {
          const auto p = static_cast<size_t>(part);
          sum += head->weights[p][k] * double{idfs_[p]};
        }
        result.values.push_back(sum);
      }
    }
    for (const int part : parts) {
      const float idf = idfs_[static_cast<size_t>(part)];
      result.squares += idf * idf;
    }
    return result;
  }

  // Adds up an example's features as the classifier does: a slot counts where it is met first.
  class RowBuilder {
   public:
    explicit RowBuilder(const VerdictFeatures& features) : features_(features) {}

    void Add(Slot slot, const Unit& unit) {
      if (slot.hash == 0 || !features_.Knows(slot.hash)) return;
      AddParts(slot, /*marked=*/false, unit.share);
      if (unit.last) AddParts(slot, /*marked=*/true, unit.share);
    }

    std::vector<SparseExamples::Entry> Finish() {
      std::vector<SparseExamples::Entry> row;
      for (const auto& [feature, value] : values_) {
        row.push_back({feature, static_cast<float>(value / std::sqrt(squares_))});
      }
      return row;
    }

   private:
    void AddParts(Slot slot, bool marked, float share) {
      if (!seen_.insert(marked ? MarkedHash(slot.hash) : slot.hash).second) return;
      for (const int part : features_.Parts(slot, marked)) {
        const double value = share * features_.idfs_[static_cast<size_t>(part)];
        values_[part] += value;
        squares_ += value * value;
      }
    }

    const VerdictFeatures& features_;
    absl::flat_hash_set<uint64_t> seen_;
    std::map<int, double> values_;
    double squares_ = 0;
  };

  const Vocabulary vocabulary_;
  std::vector<float> idfs_;
  // Stem by hash.
  std::map<uint64_t, uint64_t> slots_;
};

WeightTable TrainVerdict(const Examples& examples, const TrainOptions& options) {
  const VerdictFeatures features(examples, options.least_records);
  SparseExamples rows;
  rows.feature_count = features.size();
  for (const Example* example : examples) rows.rows.push_back(features.Row(*example));
  rows.class_count = static_cast<int>(kCategoryOutputs);
  for (const Example* example : examples) {
    rows.labels.push_back(static_cast<int>(example->record->category) - 1);
  }
  const LinearWeights categories = TrainOneVsRest(rows, options.category_cost, /*balanced=*/true);
  // People's corrections may leave the reason open; such records teach the category alone.
  SparseExamples reasoned;
  reasoned.feature_count = rows.feature_count;
  reasoned.class_count = kReasonCount;
  for (size_t i = 0; i < examples.size(); ++i) {
    const LabelledRecord& record = *examples[i]->record;
    if (CategoryOf(record.reason) != record.category) continue;
    reasoned.rows.push_back(std::move(rows.rows[i]));
    reasoned.labels.push_back(static_cast<int>(record.reason));
  }
  const LinearWeights reasons = TrainOneVsRest(reasoned, options.reason_cost, /*balanced=*/true);

  std::vector<double> bias = categories.bias;
  bias.insert(bias.end(), reasons.bias.begin(), reasons.bias.end());
  return WeightTable(features.TableFeatures({&categories, &reasons}), bias);
}

// Every place where the party's name stands, as a whole word.
std::vector<PartySpan> PartySpans(const Document& document, const std::string& party) {
  std::vector<PartySpan> spans;
  if (party.empty()) return spans;
  for (const Field& field : document.fields) {
    for (size_t at = field.text.find(party); at != absl::string_view::npos;
         at = field.text.find(party, at + 1)) {
      const size_t end = at + party.size();
      uint32_t first = field.begin;
      while (first < field.end && document.tokens[first].begin < at) ++first;
      uint32_t last = first;
      while (last < field.end && document.tokens[last].end <= end) ++last;
      // "legal" is not meant in "legally".
      if (last > first && document.tokens[first].begin == at &&
          document.tokens[last - 1].end == end) {
        spans.push_back({first, last});
      }
    }
  }
  return spans;
}

// Yes-or-no examples over features in roles.
class RoleExamples {
 public:
  using Feature = std::pair<uint64_t, size_t>;

  void Add(std::vector<Feature> features, bool label) {
    std::sort(features.begin(), features.end());
    features.erase(std::unique(features.begin(), features.end()), features.end());
    for (const Feature& feature : features) ++frequencies_[feature];
    rows_.push_back(std::move(features));
    labels_.push_back(label ? 1 : 0);
  }

  // Adds the weights of features seen at least `least` times.
  void Train(double cost, int least, RoleTable::Weights* weights) const {
    std::map<Feature, int> index;
    std::vector<Feature> kept;
    for (const auto& [feature, count] : frequencies_) {
      if (count < least) continue;
      index[feature] = static_cast<int>(kept.size());
      kept.push_back(feature);
    }
    SparseExamples examples;
    examples.feature_count = static_cast<int>(kept.size());
    examples.class_count = 2;
    examples.labels = labels_;
    for (const std::vector<Feature>& features : rows_) {
      std::vector<SparseExamples::Entry>& row = examples.rows.emplace_back();
      for (const Feature& feature : features) {
        const auto found = index.find(feature);
        if (found != index.end()) row.push_back({found->second, 1});
      }
    }
    const LinearWeights trained = TrainOneVsRest(examples, cost, /*balanced=*/false);
    for (size_t f = 0; f < kept.size(); ++f) (*weights)[kept[f]] = trained.weights[f][0];
  }

 private:
  std::vector<std::vector<Feature>> rows_;
  std::vector<int> labels_;
  std::map<Feature, int> frequencies_;
};

std::vector<RoleExamples::Feature> BeginFeatures(const PartyContext& context, uint32_t position) {
  std::vector<RoleExamples::Feature> features;
  EachBeginPart(position, [&](PartyContext::Part part, int64_t at, size_t role) {
    features.emplace_back(context.HashesAt(at)[part], role);
  });
  const size_t shape = context.ShapeOfBeginning(position);
  features.emplace_back(PartyContext::BeginningHash(shape), kBeginOtherRole);
  features.emplace_back(context.PlaceHash(), kBeginOtherRole);
  return features;
}

std::vector<RoleExamples::Feature> SpanFeatures(const PartyContext& context, PartySpan span) {
  std::vector<RoleExamples::Feature> features;
  const auto add = [&](PartyContext::Part part, int64_t at, size_t role) {
    features.emplace_back(context.HashesAt(at)[part], role);
  };
  EachSpanBeginPart(span.begin, add);
  EachSpanEndPart(span.end, add);
  uint64_t words = PartyContext::kNoWords;
  for (uint32_t i = span.begin; i < span.end; ++i) {
    add(PartyContext::kToken, i, kInnerRole);
    words = context.AddWord(words, i);
  }
  const size_t shape = context.ShapeOfBeginning(span.begin);
  features.emplace_back(PartyContext::BeginningHash(shape), kSpanBeginningRole);
  features.emplace_back(context.PlaceHash(), kSpanPlaceRole);
  features.emplace_back(words, kWordsRole);
  features.emplace_back(context.SidesHash(span), kSidesRole);
  features.emplace_back(context.ShapeHash(span), kShapeRole);
  features.emplace_back(context.ReasonHash(span), kReasonRole);
  return features;
}

// A record in which somebody may be waited for, with the sentences that are searched.
struct PartyExample {
  const Example* example = nullptr;
  std::vector<uint32_t> sentences;
  std::set<PartySpan> right;

  std::vector<PartyContext> Contexts() const {
    std::vector<PartyContext> contexts;
    for (size_t rank = 0; rank < sentences.size(); ++rank) {
      contexts.emplace_back(example->document, example->document.sentences[sentences[rank]], rank,
                            example->record->reason);
    }
    return contexts;
  }
};

std::vector<PartyExample> PartyExamples(const Examples& examples, const Model& model,
                                        const Tokenizer& tokenizer) {
  std::vector<PartyExample> result;
  for (const Example* example : examples) {
    const LabelledRecord& record = *example->record;
    if (!IsNonTechnical(record.category)) continue;
    const VerdictScores scores = ScoreVerdict(model, tokenizer, record.ticket, example->document);
    PartyExample& party = result.emplace_back();
    party.example = example;
    party.sentences = LoudestSentences(
        SentenceWeights(model, example->document, scores, record.category, record.reason),
        kPartySentences);
    for (const PartySpan span : PartySpans(example->document, record.waiting_on)) {
      party.right.insert(span);
    }
  }
  return result;
}

void TrainBeginnings(const std::vector<PartyExample>& examples, const TrainOptions& options,
                     RoleTable::Weights* weights) {
  RoleExamples tokens;
  for (const PartyExample& example : examples) {
    std::set<uint32_t> right;
    for (const PartySpan span : example.right) right.insert(span.begin);
    for (const PartyContext& context : example.Contexts()) {
      for (uint32_t i = context.sentence().begin; i < context.sentence().end; ++i) {
        if (!MayBegin(context.document().tokens[i])) continue;
        tokens.Add(BeginFeatures(context, i), right.count(i) != 0);
      }
    }
  }
  tokens.Train(options.party_cost, options.least_records, weights);
}

// The spans of a record that compete, with their features.
struct SpanOptions {
  std::vector<std::vector<RoleExamples::Feature>> features;
  std::vector<double> begin_scores;
  std::vector<bool> right;
};

SpanOptions CollectSpans(const PartyExample& example, const PartyModel& beginnings) {
  SpanOptions options;
  const std::vector<PartyContext> contexts = example.Contexts();
  for (const PartyBeginning& beginning :
       LikelyBeginnings(beginnings, example.example->document, example.sentences,
                        example.example->record->reason)) {
    const PartyContext& context = contexts[beginning.sentence];
    EachSpanFrom(context, beginning.token, [&](PartySpan span) {
      options.features.push_back(SpanFeatures(context, span));
      options.begin_scores.push_back(beginning.score);
      options.right.push_back(example.right.count(span) != 0);
    });
  }
  return options;
}

void TrainSpans(const std::vector<PartyExample>& examples, const TrainOptions& options,
                RoleTable::Weights* weights, PartyModel* party) {
  std::vector<SpanOptions> all;
  std::map<RoleExamples::Feature, int> frequencies;
  for (const PartyExample& example : examples) {
    SpanOptions spans = CollectSpans(example, *party);
    // A named party that is not among the spans would teach that nobody is named.
    const bool found = std::find(spans.right.begin(), spans.right.end(), true) != spans.right.end();
    if (!found && !example.example->record->waiting_on.empty()) continue;
    std::set<RoleExamples::Feature> seen;
    for (auto& features : spans.features) {
      std::sort(features.begin(), features.end());
      features.erase(std::unique(features.begin(), features.end()), features.end());
      seen.insert(features.begin(), features.end());
    }
    for (const RoleExamples::Feature& feature : seen) ++frequencies[feature];
    all.push_back(std::move(spans));
  }
  std::map<RoleExamples::Feature, int> index;
  for (const auto& [feature, count] : frequencies) {
    if (count >= options.least_party_records)
      index.emplace(feature, static_cast<int>(index.size()));
  }
  std::vector<Choice> choices;
  for (const SpanOptions& spans : all) {
    Choice& choice = choices.emplace_back();
    for (size_t i = 0; i < spans.features.size(); ++i) {
      Choice::Option& option = choice.options.emplace_back();
      option.number = spans.begin_scores[i];
      option.right = spans.right[i];
      for (const RoleExamples::Feature& feature : spans.features[i]) {
        const auto found = index.find(feature);
        if (found != index.end()) option.features.push_back(found->second);
      }
    }
  }
  const ChoiceWeights trained =
      TrainConditionalLogit(choices, static_cast<int>(index.size()), options.party_choice);
  for (const auto& [feature, number] : index) {
    (*weights)[feature] = trained.weights[static_cast<size_t>(number)];
  }
  party->begin_weight = trained.number_weight;
  party->none = trained.none;
}

PartyModel TrainParty(const Examples& examples, const Model& model, const Tokenizer& tokenizer,
                      const TrainOptions& options) {
  const std::vector<PartyExample> parties = PartyExamples(examples, model, tokenizer);
  RoleTable::Weights weights;
  PartyModel party;
  TrainBeginnings(parties, options, &weights);
  party.table = RoleTable(weights, kFirstSpanRole);
  TrainSpans(parties, options, &weights, &party);
  party.table = RoleTable(weights, kFirstSpanRole);
  return party;
}

uint64_t HashOfId(const std::string& id) {
  uint64_t hash = 0;
  for (const char c : id) hash = MixHash(hash, static_cast<unsigned char>(c));
  return hash;
}

// Depends on the id alone, so that adding records moves no other to another fold.
int FoldOf(const std::string& id, int folds) {
  return static_cast<int>((HashOfId(id) >> 20) % static_cast<uint64_t>(folds));
}

// A last word as the only comment of a ticket, to be read like any other.
struct LastWordExample {
  const LastWord* word = nullptr;
  Ticket ticket;
  Document document;
};

void AddLiftRow(const Document& document, const Field& field, bool lifts,
                std::vector<std::vector<uint64_t>>* rows, std::vector<int>* labels) {
  std::vector<uint64_t> hashes;
  for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
    const Sentence& sentence = document.sentences[s];
    if (sentence.region != Region::kProse) continue;
    EachLiftFeature(document, sentence, [&](uint64_t hash) { hashes.push_back(hash); });
  }
  if (hashes.empty()) return;
  rows->push_back(std::move(hashes));
  labels->push_back(lifts ? 1 : 0);
}

// Learned from last words, and from every text of blocked records, none of which lifts: together
// they know many more words of trouble than last words do. What other records say may lift or not.
LiftModel TrainLift(const Examples& examples, const std::vector<const LastWordExample*>& words,
                    const TrainOptions& options) {
  std::vector<std::vector<uint64_t>> rows;
  SparseExamples sparse;
  for (const LastWordExample* word : words) {
    AddLiftRow(word->document, word->document.fields.back(), word->word->lifts, &rows,
               &sparse.labels);
  }
  LiftModel model;
  if (rows.empty()) return model;
  for (const Example* example : examples) {
    if (!IsBlocked(example->record->category)) continue;
    for (const Field& field : example->document.fields) {
      AddLiftRow(example->document, field, /*lifts=*/false, &rows, &sparse.labels);
    }
  }
  absl::flat_hash_map<uint64_t, int> frequencies;
  for (const std::vector<uint64_t>& row : rows) {
    for (const uint64_t hash : std::set<uint64_t>(row.begin(), row.end())) ++frequencies[hash];
  }
  const Vocabulary vocabulary(frequencies, options.least_lift_comments);
  sparse.feature_count = static_cast<int>(vocabulary.hashes.size());
  sparse.class_count = 2;
  for (const std::vector<uint64_t>& row : rows) {
    std::map<int, float> values;
    for (const uint64_t hash : row) {
      const auto found = vocabulary.index.find(hash);
      if (found != vocabulary.index.end()) {
        values[found->second] += static_cast<float>(1 / LiftNorm(row.size()));
      }
    }
    std::vector<SparseExamples::Entry>& entries = sparse.rows.emplace_back();
    for (const auto& [feature, value] : values) entries.push_back({feature, value});
  }
  const LinearWeights trained = TrainOneVsRest(sparse, options.lift_cost, /*balanced=*/true);
  RoleTable::Weights weights;
  for (size_t f = 0; f < vocabulary.hashes.size(); ++f) {
    weights[{vocabulary.hashes[f], 0}] = trained.weights[f][0];
  }
  model.table = RoleTable(weights, RoleTable::kRoles);
  model.bias = trained.bias[0];
  return model;
}

Model TrainOn(const Examples& examples, const std::vector<const LastWordExample*>& words,
              const Tokenizer& tokenizer, const TrainOptions& options) {
  Model model;
  model.verdict = TrainVerdict(examples, options);
  model.lift = TrainLift(examples, words, options);
  model.party = TrainParty(examples, model, tokenizer, options);
  return model;
}

Example ReadExample(const LabelledRecord& record, const Tokenizer& tokenizer) {
  Example example;
  example.record = &record;
  example.document = ReadDocument(record.ticket, tokenizer);
  example.structure = StructureFeatures(record.ticket, tokenizer);
  const Document& document = example.document;
  for (const uint32_t s : OrderSentences(document).sentences) {
    const Sentence& sentence = document.sentences[s];
    const Field& field = FieldOf(document, sentence);
    const float share = static_cast<float>(RegionQuarters(sentence.region)) / kWholeWeight;
    const bool last = IsLastWord(document, sentence);
    for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
      const Token& token = document.tokens[i];
      example.words.push_back({token.hash, token.stem, share, last});
      if (i == field.begin) continue;
      example.pairs.push_back({PairHash(document.tokens[i - 1], token), 0, share, last});
    }
  }
  return example;
}

// What calibration is fitted on: a held-out record's heads and its right category.
struct HeldOut {
  HeadLogs logs;
  size_t right = 0;
  // Evens the categories out.
  double weight = 1;
};

// Weighted sum of the negative log-probabilities of the right categories.
double LogLoss(const std::vector<HeldOut>& held_out, const Calibration& calibration) {
  double sum = 0;
  for (const HeldOut& example : held_out) {
    const auto probabilities = MixHeads(calibration, example.logs);
    sum -= example.weight * std::log(probabilities[example.right] + 1e-12);
  }
  return sum;
}

// Keeps the candidate when it is better than the best so far.
void Try(const std::vector<HeldOut>& held_out, const Calibration& candidate, double* least,
         Calibration* best) {
  const double loss = LogLoss(held_out, candidate);
  if (loss >= *least) return;
  *least = loss;
  *best = candidate;
}

// Grids fine enough that a neighbour would change no verdict worth speaking of.
Calibration FitMixture(const std::vector<HeldOut>& held_out) {
  Calibration best;
  double least = LogLoss(held_out, best);
  for (int share = 0; share <= 10; ++share) {
    for (int sharpness = 2; sharpness <= 40; ++sharpness) {
      Calibration candidate = best;
      candidate.category_share = share / 10.0;
      candidate.sharpness = sharpness / 4.0;
      Try(held_out, candidate, &least, &best);
    }
  }
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    for (size_t c = 0; c < kCategoryOutputs; ++c) {
      for (int step = -20; step <= 20; ++step) {
        Calibration candidate = best;
        candidate.offsets[c] = step / 10.0;
        Try(held_out, candidate, &least, &best);
      }
    }
  }
  return best;
}

// Sets the odds even where one blocked record in a thousand would be taken for lifted: a blocker
// ended wrongly is worse than one ended late. `lifts` are the held-out log-odds of blocked records.
void FitLift(std::vector<double> lifts, Calibration* calibration) {
  constexpr size_t kOneIn = 1000;
  if (lifts.empty()) return;
  const size_t allowed = lifts.size() / kOneIn;
  const auto even = lifts.begin() + static_cast<std::ptrdiff_t>(allowed);
  std::nth_element(lifts.begin(), even, lifts.end(), std::greater<>());
  calibration->lift_scale = 1;
  calibration->lift_offset = -calibration->lift_scale * *even;
}

// Every category weighs the same, for nobody knows their shares in the tickets to come.
Calibration FitCalibration(const std::vector<Example>& examples,
                           std::vector<VerdictScores>* scores) {
  std::array<double, kCategoryOutputs> class_sizes{};
  for (const Example& example : examples) {
    class_sizes[static_cast<size_t>(example.record->category) - 1] += 1;
  }
  std::vector<HeldOut> held_out(examples.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto right = static_cast<size_t>(examples[i].record->category) - 1;
    held_out[i] = {ReadHeads(&(*scores)[i]), right, 1 / class_sizes[right]};
  }
  Calibration calibration = FitMixture(held_out);
  std::vector<double> lifts;
  for (size_t i = 0; i < examples.size(); ++i) {
    const double lift = (*scores)[i].lift;
    if (IsBlocked(examples[i].record->category) && lift != kNoLift) lifts.push_back(lift);
  }
  FitLift(std::move(lifts), &calibration);
  return calibration;
}

absl::Status CheckRecords(const std::vector<LabelledRecord>& records) {
  std::set<Reason> reasons;
  for (const LabelledRecord& record : records) {
    if (!record.has_labels) {
      return absl::InvalidArgumentError(
          absl::StrCat("record ", record.id, " has no category; training needs one in each"));
    }
    if (CategoryOf(record.reason) == record.category) reasons.insert(record.reason);
  }
  for (int r = 0; r < kReasonCount; ++r) {
    if (reasons.count(static_cast<Reason>(r)) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("no record is ", r == 0 ? "NOT_BLOCKED" : ReasonName(static_cast<Reason>(r)),
                       "; training needs records of every kind"));
    }
  }
  return absl::OkStatus();
}

// Names the model after what it was made from.
std::string VersionOf(const std::vector<Example>& examples,
                      const std::vector<LastWord>& last_words) {
  uint64_t hash = 0;
  const auto add = [&hash](absl::string_view text) {
    for (const char c : text) hash = MixHash(hash, static_cast<unsigned char>(c));
    hash = MixHash(hash, 256);
  };
  for (const LastWord& word : last_words) {
    add(word.body);
    add(word.lifts ? "+" : "-");
  }
  for (const Example& example : examples) {
    const LabelledRecord& record = *example.record;
    add(record.id);
    add(record.ticket.title);
    add(record.ticket.description);
    for (const Comment& comment : record.ticket.comments) add(comment.body);
    add(CategoryName(record.category));
    add(ReasonName(record.reason));
    add(record.waiting_on);
  }
  return absl::StrFormat("linear-%d-%08x", static_cast<int>(examples.size()), hash >> 32);
}

// A last word for a blocked record, by the record's id; nullptr where none of its language and fold
// fits.
const LastWord* ChooseWord(const LabelledRecord& record, int folds,
                           const std::vector<LastWordExample>& words) {
  std::vector<const LastWord*> fitting;
  for (const LastWordExample& example : words) {
    const LastWord& word = *example.word;
    const bool fits =
        std::find(word.fits.begin(), word.fits.end(), record.category) != word.fits.end();
    if (fits && word.lang == record.lang && FoldOf(word.id, folds) == FoldOf(record.id, folds)) {
      fitting.push_back(&word);
    }
  }
  return fitting.empty() ? nullptr : fitting[(HashOfId(record.id) >> 8) % fitting.size()];
}

Ticket WithComment(Ticket ticket, const std::string& body) {
  Comment comment;
  comment.author = "dev";
  comment.body = body;
  ticket.comments.push_back(std::move(comment));
  return ticket;
}

}  // namespace

absl::StatusOr<TrainingResult> TrainModel(const std::vector<LabelledRecord>& records,
                                          const std::vector<LastWord>& last_words,
                                          const TrainOptions& options) {
  if (absl::Status status = CheckRecords(records); !status.ok()) return status;
  const Tokenizer tokenizer;
  std::vector<size_t> order(records.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return records[a].id < records[b].id; });
  std::vector<Example> examples;
  for (const size_t i : order) examples.push_back(ReadExample(records[i], tokenizer));
  std::vector<LastWordExample> words(last_words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    words[i].word = &last_words[i];
    words[i].ticket = WithComment(Ticket(), last_words[i].body);
    words[i].document = ReadDocument(words[i].ticket, tokenizer);
  }

  // All but one fold; no record is in fold -1.
  const auto train = [&](int fold) {
    Examples others;
    for (const Example& example : examples) {
      if (FoldOf(example.record->id, options.folds) != fold) others.push_back(&example);
    }
    std::vector<const LastWordExample*> other_words;
    for (const LastWordExample& word : words) {
      if (FoldOf(word.word->id, options.folds) != fold) other_words.push_back(&word);
    }
    return TrainOn(others, other_words, tokenizer, options);
  };
  TrainingResult result;
  result.model = train(-1);
  result.model.version = VersionOf(examples, last_words);
  std::vector<Model> fold_models;
  for (int fold = 0; fold < options.folds; ++fold) fold_models.push_back(train(fold));

  std::vector<VerdictScores> held_out(examples.size());
  const auto model_of = [&](size_t i) -> const Model& {
    return fold_models[static_cast<size_t>(FoldOf(examples[i].record->id, options.folds))];
  };
  for (size_t i = 0; i < examples.size(); ++i) {
    const Example& example = examples[i];
    held_out[i] = ScoreVerdict(model_of(i), tokenizer, example.record->ticket, example.document);
  }
  const Calibration calibration = FitCalibration(examples, &held_out);
  result.model.calibration = calibration;
  for (Model& model : fold_models) {
    model.calibration = calibration;
    model.version = result.model.version;
  }
  result.held_out.resize(records.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    const LabelledRecord& record = *examples[i].record;
    result.held_out[order[i]] =
        ClassifyDocument(model_of(i), tokenizer, record.ticket, examples[i].document);
    const LastWord* word = ChooseWord(record, options.folds, words);
    if (word == nullptr) continue;
    const Ticket continued = WithComment(record.ticket, word->body);
    const Classification verdict =
        ClassifyDocument(model_of(i), tokenizer, continued, ReadDocument(continued, tokenizer));
    Tally& tally = word->lifts ? result.lifted : result.not_lifted;
    ++tally.cases;
    if (IsBlocked(verdict.category) != word->lifts) ++tally.right;
  }
  return result;
}

}  // namespace clearway
