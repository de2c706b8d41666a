#include "service/classify/trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "service/classify/document.h"
#include "service/classify/features.h"
#include "service/classify/one_vs_rest.h"
#include "service/classify/party_tagger.h"
#include "service/classify/verdict_scorer.h"

namespace clearway {
namespace {

// A record with everything that is worked out once for all folds.
struct Example {
  const LabelledRecord* record = nullptr;
  Document document;
  // Ascending, without repeats.
  std::vector<uint64_t> features;
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

// One row of WeightTable input for each feature, from weights trained on rows already idf-weighted.
std::vector<WeightTable::Feature> TableFeatures(const Vocabulary& vocabulary,
                                                const std::vector<float>& idfs,
                                                const std::vector<const LinearWeights*>& heads) {
  std::vector<WeightTable::Feature> features(vocabulary.hashes.size());
  for (size_t f = 0; f < features.size(); ++f) {
    features[f].hash = vocabulary.hashes[f];
    features[f].idf = idfs[f];
    for (const LinearWeights* head : heads) {
      const std::vector<double>& weights = head->weights[f];
      features[f].weights.insert(features[f].weights.end(), weights.begin(), weights.end());
    }
  }
  return features;
}

WeightTable TrainVerdict(const Examples& examples, const TrainOptions& options) {
  absl::flat_hash_map<uint64_t, int> frequencies;
  for (const Example* example : examples) {
    for (const uint64_t hash : example->features) ++frequencies[hash];
  }
  const Vocabulary vocabulary(frequencies, options.least_records);
  const auto count = static_cast<double>(examples.size());
  std::vector<float> idfs;
  for (const int seen : vocabulary.counts) {
    idfs.push_back(static_cast<float>(std::log((count + 1) / (seen + 1)) + 1));
  }

  SparseExamples rows;
  rows.feature_count = static_cast<int>(vocabulary.hashes.size());
  for (const Example* example : examples) {
    std::vector<SparseExamples::Entry> row;
    double squares = 0;
    for (const uint64_t hash : example->features) {
      const auto found = vocabulary.index.find(hash);
      if (found == vocabulary.index.end()) continue;
      const float idf = idfs[static_cast<size_t>(found->second)];
      row.push_back({found->second, idf});
      squares += double{idf} * idf;
    }
    for (auto& entry : row) entry.value = static_cast<float>(entry.value / std::sqrt(squares));
    rows.rows.push_back(std::move(row));
  }
  rows.class_count = static_cast<int>(kCategoryOutputs);
  for (const Example* example : examples) {
    rows.labels.push_back(static_cast<int>(example->record->category) - 1);
  }
  const LinearWeights categories = TrainOneVsRest(rows, options.category_cost, /*balanced=*/true);
  rows.class_count = kReasonCount;
  rows.labels.clear();
  for (const Example* example : examples) {
    rows.labels.push_back(static_cast<int>(example->record->reason));
  }
  const LinearWeights reasons = TrainOneVsRest(rows, options.reason_cost, /*balanced=*/true);

  std::vector<double> bias = categories.bias;
  bias.insert(bias.end(), reasons.bias.begin(), reasons.bias.end());
  return WeightTable(TableFeatures(vocabulary, idfs, {&categories, &reasons}), bias);
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

// Yes-or-no examples over hashed features, for a table with one output.
class BinaryExamples {
 public:
  void Add(std::vector<uint64_t> hashes, bool label) {
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    for (const uint64_t hash : hashes) ++frequencies_[hash];
    rows_.push_back(std::move(hashes));
    labels_.push_back(label ? 1 : 0);
  }

  WeightTable Train(double cost, int least) const {
    const Vocabulary vocabulary(frequencies_, least);
    SparseExamples examples;
    examples.feature_count = static_cast<int>(vocabulary.hashes.size());
    examples.class_count = 2;
    examples.labels = labels_;
    for (const std::vector<uint64_t>& hashes : rows_) {
      std::vector<SparseExamples::Entry> row;
      for (const uint64_t hash : hashes) {
        const auto found = vocabulary.index.find(hash);
        if (found != vocabulary.index.end()) row.push_back({found->second, 1});
      }
      examples.rows.push_back(std::move(row));
    }
    const LinearWeights weights = TrainOneVsRest(examples, cost, /*balanced=*/false);
    const std::vector<float> ones(vocabulary.hashes.size(), 1.0F);
    return WeightTable(TableFeatures(vocabulary, ones, {&weights}), weights.bias);
  }

 private:
  std::vector<std::vector<uint64_t>> rows_;
  std::vector<int> labels_;
  absl::flat_hash_map<uint64_t, int> frequencies_;
};

WeightTable TrainPartyBegin(const Examples& examples, const TrainOptions& options) {
  BinaryExamples tokens;
  for (const Example* example : examples) {
    if (!IsNonTechnical(example->record->category)) continue;
    const Document& document = example->document;
    std::set<uint32_t> beginnings;
    for (const PartySpan span : PartySpans(document, example->record->waiting_on)) {
      beginnings.insert(span.begin);
    }
    for (const Field& field : document.fields) {
      for (uint32_t i = field.begin; i < field.end; ++i) {
        if (document.tokens[i].kind == Token::Kind::kMark) continue;
        std::vector<uint64_t> hashes;
        EachBeginFeature(document, field, i, [&](uint64_t hash) { hashes.push_back(hash); });
        tokens.Add(std::move(hashes), beginnings.count(i) != 0);
      }
    }
  }
  return tokens.Train(options.party_cost, options.least_records);
}

WeightTable TrainPartySpan(const Examples& examples, const WeightTable& begin,
                           const TrainOptions& options) {
  BinaryExamples spans;
  for (const Example* example : examples) {
    if (!IsNonTechnical(example->record->category)) continue;
    const Document& document = example->document;
    std::set<std::pair<uint32_t, uint32_t>> right;
    std::set<uint32_t> beginnings;
    for (const PartySpan span : PartySpans(document, example->record->waiting_on)) {
      right.emplace(span.begin, span.end);
      beginnings.insert(span.begin);
    }
    for (const uint32_t likely : LikelyBeginnings(begin, document, AllSentences(document)))
      beginnings.insert(likely);
    for (const uint32_t beginning : beginnings) {
      for (const PartySpan span : SpansFrom(document, beginning)) {
        std::vector<uint64_t> hashes;
        EachSpanFeature(document, FieldOf(document, beginning), span,
                        [&](uint64_t hash) { hashes.push_back(hash); });
        spans.Add(std::move(hashes), right.count({span.begin, span.end}) != 0);
      }
    }
  }
  return spans.Train(options.party_cost, options.least_records);
}

Model TrainOn(const Examples& examples, const TrainOptions& options) {
  Model model;
  model.verdict = TrainVerdict(examples, options);
  model.party_begin = TrainPartyBegin(examples, options);
  model.party_span = TrainPartySpan(examples, model.party_begin, options);
  return model;
}

// Depends on the record alone, so that adding records moves no other to another fold.
int FoldOf(const LabelledRecord& record, int folds) {
  uint64_t hash = 0;
  for (const char c : record.id) hash = MixHash(hash, static_cast<unsigned char>(c));
  return static_cast<int>((hash >> 20) % static_cast<uint64_t>(folds));
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

// Grids fine enough that a neighbour would change no verdict worth speaking of. Every category
// weighs the same, for nobody knows their shares in the tickets to come.
Calibration FitCalibration(const std::vector<HeldOut>& held_out) {
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

absl::Status CheckRecords(const std::vector<LabelledRecord>& records) {
  std::set<Reason> reasons;
  for (const LabelledRecord& record : records) {
    if (!record.has_labels) {
      return absl::InvalidArgumentError(
          absl::StrCat("record ", record.id, " has no category; training needs one in each"));
    }
    reasons.insert(record.reason);
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
std::string VersionOf(const std::vector<Example>& examples) {
  uint64_t hash = 0;
  const auto add = [&hash](absl::string_view text) {
    for (const char c : text) hash = MixHash(hash, static_cast<unsigned char>(c));
    hash = MixHash(hash, 256);
  };
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

}  // namespace

absl::StatusOr<TrainingResult> TrainModel(const std::vector<LabelledRecord>& records,
                                          const TrainOptions& options) {
  if (absl::Status status = CheckRecords(records); !status.ok()) return status;
  const Tokenizer tokenizer;
  std::vector<size_t> order(records.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return records[a].id < records[b].id; });
  std::vector<Example> examples(records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    Example& example = examples[i];
    example.record = &records[order[i]];
    example.document = ReadDocument(example.record->ticket, tokenizer);
    const auto add = [&](uint64_t hash, uint32_t) { example.features.push_back(hash); };
    EachTextFeature(example.document, add);
    EachStructureFeature(example.record->ticket, tokenizer, add);
    std::sort(example.features.begin(), example.features.end());
    example.features.erase(std::unique(example.features.begin(), example.features.end()),
                           example.features.end());
  }

  std::vector<VerdictScores> held_out(examples.size());
  std::vector<Party> held_out_parties(examples.size());
  for (int fold = 0; fold < options.folds; ++fold) {
    Examples others;
    for (const Example& example : examples) {
      if (FoldOf(*example.record, options.folds) != fold) others.push_back(&example);
    }
    const Model model = TrainOn(others, options);
    for (size_t i = 0; i < examples.size(); ++i) {
      const LabelledRecord& record = *examples[i].record;
      if (FoldOf(record, options.folds) != fold) continue;
      held_out[i] = ScoreVerdict(model, tokenizer, record.ticket, examples[i].document);
      held_out_parties[i] = FindParty(model.party_begin, model.party_span, examples[i].document,
                                      AllSentences(examples[i].document));
    }
  }

  TrainingResult result;
  result.held_out.resize(records.size());
  Examples all;
  for (const Example& example : examples) all.push_back(&example);
  result.model = TrainOn(all, options);
  result.model.version = VersionOf(examples);
  std::array<double, kCategoryOutputs> class_sizes{};
  std::vector<HeldOut> calibration_set(held_out.size());
  for (size_t i = 0; i < held_out.size(); ++i) {
    const auto right = static_cast<size_t>(examples[i].record->category) - 1;
    calibration_set[i] = {ReadHeads(&held_out[i]), right, 1};
    class_sizes[right] += 1;
  }
  for (HeldOut& example : calibration_set) example.weight = 1 / class_sizes[example.right];
  result.model.calibration = FitCalibration(calibration_set);
  for (size_t i = 0; i < held_out.size(); ++i) {
    VerdictScores& scores = held_out[i];
    scores.categories = MixHeads(result.model.calibration, calibration_set[i].logs);
    Classification verdict = Decide(result.model.calibration, scores);
    verdict.model_version = result.model.version;
    if (IsNonTechnical(verdict.category) &&
        held_out_parties[i].probability >= result.model.calibration.party_threshold) {
      verdict.waiting_on = std::move(held_out_parties[i].text);
    }
    result.held_out[order[i]] = std::move(verdict);
  }
  return result;
}

}  // namespace clearway
