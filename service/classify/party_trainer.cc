#include "service/classify/party_trainer.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "service/base/status_macros.h"
#include "service/classify/conditional_logit.h"
#include "service/classify/evidence.h"
#include "service/classify/party_tagger.h"
#include "service/classify/role_examples.h"
#include "service/classify/verdict.h"
#include "service/classify/verdict_scorer.h"

namespace clearway {
namespace {

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

using Feature = RoleExamples::Feature;

// Ascending, each once.
void MakeUnique(std::vector<Feature>* features) {
  std::sort(features->begin(), features->end());
  features->erase(std::unique(features->begin(), features->end()), features->end());
}

// Names the features of beginnings and spans, ascending, each once.
class FeatureReader {
 public:
  explicit FeatureReader(const WordClasses& classes) : classes_(classes) {}

  std::vector<Feature> OfBeginning(const PartyContext& context, uint32_t position) const {
    std::vector<Feature> features;
    EachBeginPart(position, [&](PartyContext::Part part, int64_t at, size_t role) {
      Add(context, part, at, role, &features);
    });
    const size_t shape = context.ShapeOfBeginning(position);
    features.emplace_back(PartyContext::BeginningHash(shape), kBeginOtherRole);
    features.emplace_back(PartyContext::PlaceHash(context.Place()), kBeginOtherRole);
    MakeUnique(&features);
    return features;
  }

  std::vector<Feature> OfSpan(const PartyContext& context, PartySpan span) const {
    std::vector<Feature> features;
    const auto add = [&](PartyContext::Part part, int64_t at, size_t role) {
      Add(context, part, at, role, &features);
    };
    EachSpanBeginPart(span.begin, add);
    EachSpanEndPart(span.end, add);
    for (uint32_t i = span.begin; i < span.end; ++i) add(PartyContext::kToken, i, kInnerRole);
    const size_t shape = context.ShapeOfBeginning(span.begin);
    features.emplace_back(PartyContext::BeginningHash(shape), kSpanBeginningRole);
    features.emplace_back(PartyContext::PlaceHash(context.Place()), kSpanPlaceRole);
    features.emplace_back(PartyContext::SpanHash(context.ShapeOfSpan(span)), kShapeRole);
    MakeUnique(&features);
    return features;
  }

  // What a word's class weighs is added to the word: only words are looked up.
  RoleTable::Weights OnWords(RoleTable::Weights weights) const {
    std::map<int, std::vector<std::pair<size_t, double>>> of_classes;
    std::set<int> classes;
    for (const auto& [word, number] : classes_) classes.insert(number);
    for (const int number : classes) {
      const uint64_t hash = ClassHash(number);
      auto i = weights.lower_bound({hash, 0});
      while (i != weights.end() && i->first.first == hash) {
        of_classes[number].emplace_back(i->first.second, i->second);
        i = weights.erase(i);
      }
    }
    for (const auto& [word, number] : classes_) {
      for (const auto& [role, weight] : of_classes[number]) weights[{word, role}] += weight;
    }
    return weights;
  }

 private:
  // Of tokens of a name and right beside it; further off, classes tell nothing.
  static bool CountsByClass(size_t role) {
    constexpr std::array<size_t, 8> kNear = {0, 1, 2, 16, 17, kInnerRole, 23, 24};
    return std::find(kNear.begin(), kNear.end(), role) != kNear.end();
  }

  static uint64_t ClassHash(int number) { return MixHash(static_cast<uint64_t>(number), 0x68); }

  void Add(const PartyContext& context, PartyContext::Part part, int64_t at, size_t role,
           std::vector<Feature>* features) const {
    const uint64_t hash = context.HashesAt(at)[part];
    features->emplace_back(hash, role);
    if (!CountsByClass(role)) return;
    const auto found = classes_.find(hash);
    if (found != classes_.end()) features->emplace_back(ClassHash(found->second), role);
  }

  const WordClasses& classes_;
};

// A record in which somebody may be waited for, with the sentences that are searched.
struct PartyExample {
  const Example* example = nullptr;
  std::pmr::vector<uint32_t> sentences;
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
    const VerdictScores scores = ScoreVerdict(model, tokenizer, record.ticket, example->document,
                                              KnownTokens(model.index, example->document));
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

void TrainBeginnings(const std::vector<PartyExample>& examples, const FeatureReader& reader,
                     const TrainOptions& options, RoleTable::Weights* weights) {
  RoleExamples tokens;
  for (const PartyExample& example : examples) {
    std::set<uint32_t> right;
    for (const PartySpan span : example.right) right.insert(span.begin);
    for (const PartyContext& context : example.Contexts()) {
      for (uint32_t i = context.sentence().begin; i < context.sentence().end; ++i) {
        if (!MayBegin(context.document().tokens[i].kind)) continue;
        tokens.Add(reader.OfBeginning(context, i), /*value=*/1, right.count(i) != 0);
      }
    }
  }
  tokens.Train({.cost = options.party_cost, .least = options.least_records}, weights);
}

// The spans of a record that compete, with their features.
struct SpanOptions {
  std::vector<std::vector<Feature>> features;
  std::pmr::vector<double> begin_scores;
  std::vector<bool> right;
};

// `model` knows beginnings.
SpanOptions CollectSpans(const PartyExample& example, const FeatureReader& reader,
                         const Model& model) {
  const Document& document = example.example->document;
  SpanOptions options;
  const std::vector<PartyContext> contexts = example.Contexts();
  for (const PartyBeginning& beginning :
       LikelyBeginnings(model.party, model.index, document, KnownTokens(model.index, document),
                        example.sentences, example.example->record->reason)) {
    const PartyContext& context = contexts[beginning.sentence];
    EachSpanFrom(context, beginning.token, [&](PartySpan span) {
      options.features.push_back(reader.OfSpan(context, span));
      options.begin_scores.push_back(beginning.score);
      options.right.push_back(example.right.count(span) != 0);
    });
  }
  return options;
}

void TrainSpans(const std::vector<PartyExample>& examples, const FeatureReader& reader,
                const TrainOptions& options, RoleTable::Weights* weights, Model* model) {
  std::vector<SpanOptions> all;
  std::map<Feature, int> frequencies;
  for (const PartyExample& example : examples) {
    SpanOptions spans = CollectSpans(example, reader, *model);
    // A named party that is not among the spans would teach that nobody is named.
    const bool found = std::find(spans.right.begin(), spans.right.end(), true) != spans.right.end();
    if (!found && !example.example->record->waiting_on.empty()) continue;
    std::set<Feature> seen;
    for (const auto& features : spans.features) seen.insert(features.begin(), features.end());
    for (const Feature& feature : seen) ++frequencies[feature];
    all.push_back(std::move(spans));
  }
  std::map<Feature, int> index;
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
      for (const Feature& feature : spans.features[i]) {
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
  model->party.begin_weight = trained.number_weight;
  model->party.none = trained.none;
}

}  // namespace

absl::Status TrainParty(const Examples& examples, const Tokenizer& tokenizer,
                        const TrainOptions& options, Model* model) {
  RETURN_IF_ERROR(IndexFeatures(model));
  const std::vector<PartyExample> parties = PartyExamples(examples, *model, tokenizer);
  const FeatureReader reader(options.word_classes);
  const auto tabulate = [&](const RoleTable::Weights& weights) {
    model->party.table =
        RoleTable(reader.OnWords(weights), kFirstSpanRole, options.least_party_weight);
    return IndexFeatures(model);
  };
  RoleTable::Weights weights;
  TrainBeginnings(parties, reader, options, &weights);
  RETURN_IF_ERROR(tabulate(weights));
  TrainSpans(parties, reader, options, &weights, model);
  return tabulate(weights);
}

}  // namespace clearway
