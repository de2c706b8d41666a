#include "service/classify/trainer.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "service/base/status_macros.h"
#include "service/classify/calibration_trainer.h"
#include "service/classify/lift_trainer.h"
#include "service/classify/party_trainer.h"
#include "service/classify/training_example.h"
#include "service/classify/verdict.h"
#include "service/classify/verdict_scorer.h"
#include "service/classify/verdict_trainer.h"

namespace clearway {
namespace {

// Stays as it is: a record's fold hangs on it.
uint64_t AddToHash(uint64_t hash, uint64_t value) {
  hash = hash * 0x9e3779b97f4a7c15 + value;
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  return hash ^ hash >> 32;
}

uint64_t HashOfId(const std::string& id) {
  uint64_t hash = 0;
  for (const char c : id) hash = AddToHash(hash, static_cast<unsigned char>(c));
  return hash;
}

// Depends on the id alone, so that adding records moves no other to another fold.
int FoldOf(const std::string& id, int folds) {
  return static_cast<int>((HashOfId(id) >> 20) % static_cast<uint64_t>(folds));
}

absl::StatusOr<Model> TrainOn(const Examples& examples,
                              const std::vector<const LastWordExample*>& words,
                              const Tokenizer& tokenizer, const TrainOptions& options) {
  Model model;
  model.verdict = TrainVerdict(examples, options);
  model.lift = TrainLift(examples, words, options);
  RETURN_IF_ERROR(TrainParty(examples, tokenizer, options, &model));
  return model;
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
std::string VersionOf(const std::vector<Example>& examples, const std::vector<LastWord>& last_words,
                      const WordClasses& word_classes) {
  // Words come in no order.
  uint64_t hash = 0;
  for (const auto& [word, number] : word_classes) {
    hash += AddToHash(word, static_cast<uint64_t>(number));
  }
  const auto add = [&hash](absl::string_view text) {
    for (const char c : text) hash = AddToHash(hash, static_cast<unsigned char>(c));
    hash = AddToHash(hash, 256);
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
  ASSIGN_OR_RETURN(result.model, train(-1));
  result.model.version = VersionOf(examples, last_words, options.word_classes);
  std::vector<Model> fold_models;
  for (int fold = 0; fold < options.folds; ++fold) {
    ASSIGN_OR_RETURN(Model model, train(fold));
    fold_models.push_back(std::move(model));
  }

  std::vector<VerdictScores> held_out(examples.size());
  const auto model_of = [&](size_t i) -> const Model& {
    return fold_models[static_cast<size_t>(FoldOf(examples[i].record->id, options.folds))];
  };
  for (size_t i = 0; i < examples.size(); ++i) {
    const Example& example = examples[i];
    held_out[i] = ScoreVerdict(model_of(i), tokenizer, example.record->ticket, example.document,
                               KnownTokens(model_of(i).index, example.document));
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
