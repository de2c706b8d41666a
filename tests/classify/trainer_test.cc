#include "service/classify/trainer.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/classify/classifier.h"
#include "service/classify/document.h"
#include "service/classify/tokenizer.h"
#include "service/classify/word_classes.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;

// Two words of its own for every reason: any learner can tell them apart.
std::vector<LabelledRecord> ToyRecords(int each) {
  std::vector<LabelledRecord> records;
  for (int r = 0; r < kReasonCount; ++r) {
    for (int i = 0; i < each; ++i) {
      LabelledRecord record;
      record.id = "toy-" + std::to_string(r) + "-" + std::to_string(i);
      record.lang = "en";
      record.has_labels = true;
      record.reason = static_cast<Reason>(r);
      record.category = CategoryOf(record.reason);
      const std::string letter(1, static_cast<char>('a' + r));
      record.ticket.title = letter + "ord " + letter + "ext and filler " + std::to_string(i);
      if (IsNonTechnical(record.category)) {
        record.waiting_on = "the " + letter + "crew";
        record.ticket.description = "waiting for " + record.waiting_on + " today";
      }
      records.push_back(std::move(record));
    }
  }
  return records;
}

TEST(TrainerTest, LearnsWhatCanBeLearned) {
  const std::vector<LabelledRecord> records = ToyRecords(10);
  const absl::StatusOr<TrainingResult> trained = TrainModel(records, {}, TrainOptions());
  ASSERT_THAT(trained, IsOk());
  int right = 0;
  for (size_t i = 0; i < records.size(); ++i) {
    right += trained->held_out[i].category == records[i].category ? 1 : 0;
  }
  EXPECT_EQ(right, static_cast<int>(records.size()));

  const auto classifier = Classifier::FromModel(SerializeModel(trained->model));
  ASSERT_THAT(classifier, IsOk());
  Ticket ticket;
  ticket.title = "vord vext";
  ticket.description = "waiting for the vcrew today";
  const Classification verdict = (*classifier)->Classify(ticket);
  EXPECT_EQ(verdict.reason, static_cast<Reason>('v' - 'a'));
  EXPECT_EQ(verdict.waiting_on, "the vcrew");
}

TEST(TrainerTest, TheOrderOfRecordsDoesNotMatter) {
  std::vector<LabelledRecord> records = ToyRecords(6);
  const absl::StatusOr<TrainingResult> forward = TrainModel(records, {}, TrainOptions());
  std::reverse(records.begin(), records.end());
  const absl::StatusOr<TrainingResult> backward = TrainModel(records, {}, TrainOptions());
  ASSERT_THAT(forward, IsOk());
  ASSERT_THAT(backward, IsOk());
  EXPECT_EQ(SerializeModel(forward->model), SerializeModel(backward->model));
}

TEST(TrainerTest, ALastWordOutweighsWhatStoodBefore) {
  std::vector<LabelledRecord> records = ToyRecords(20);
  // What blocked records end on sets how much a lift takes to be believed.
  for (LabelledRecord& record : records) {
    record.ticket.comments.resize(1);
    record.ticket.comments[0].body = "looked at it once more";
  }
  const std::vector<Category> all = {Category::kTechnical, Category::kCommunication,
                                     Category::kResource, Category::kCrossTeam};
  std::vector<LastWord> last_words;
  for (int i = 0; i < 40; ++i) {
    const bool lifts = i % 2 == 0;
    last_words.push_back({"word-" + std::to_string(i), "en",
                          lifts ? "hooray it moves again" : "somebody asks for news", lifts, all});
  }
  const absl::StatusOr<TrainingResult> trained = TrainModel(records, last_words, TrainOptions());
  ASSERT_THAT(trained, IsOk());
  const auto classifier = Classifier::FromModel(SerializeModel(trained->model));
  ASSERT_THAT(classifier, IsOk());
  Ticket ticket;
  ticket.title = "vord vext vord vext";
  ticket.description = "waiting for the vcrew today, vord vext and vord vext";
  ticket.comments.resize(1);
  ticket.comments[0].body = "hooray it moves again";
  EXPECT_EQ((*classifier)->Classify(ticket).category, Category::kNotBlocked);
  ticket.comments[0].body = "looked at it once more";
  EXPECT_EQ((*classifier)->Classify(ticket).reason, static_cast<Reason>('v' - 'a'));
}

// A word no record has is taken for who must act, as those of its class were.
TEST(TrainerTest, WordsOfAClassAreKnownByEachOther) {
  std::vector<LabelledRecord> records = ToyRecords(10);
  TrainOptions options;
  const Tokenizer tokenizer;
  const auto add_to_class = [&](const std::string& word) {
    Ticket ticket;
    ticket.title = word;
    const Document document = ReadDocument(ticket, tokenizer);
    options.word_classes.emplace(document.tokens.at(0).hash, 0);
  };
  add_to_class("zorps");
  for (size_t i = 0; i < records.size(); ++i) {
    LabelledRecord& record = records[i];
    if (!IsNonTechnical(record.category)) continue;
    const std::string letter(1, record.ticket.title[0]);
    const std::string rock = "the " + letter + "rock";
    record.ticket.description = i % 2 == 0 ? record.waiting_on + " or " + rock + " today"
                                           : rock + " or " + record.waiting_on + " today";
    add_to_class(letter + "crew");
  }
  const absl::StatusOr<TrainingResult> trained = TrainModel(records, {}, options);
  ASSERT_THAT(trained, IsOk());
  const auto classifier = Classifier::FromModel(SerializeModel(trained->model));
  ASSERT_THAT(classifier, IsOk());
  Ticket ticket;
  ticket.title = "vord vext";
  for (const char* text : {"the zorps or the quux today", "the quux or the zorps today"}) {
    ticket.description = text;
    EXPECT_EQ((*classifier)->Classify(ticket).waiting_on, "the zorps") << text;
  }
}

TEST(TrainerTest, EveryReasonMustBeThere) {
  std::vector<LabelledRecord> records = ToyRecords(6);
  records.resize(12);
  EXPECT_THAT(TrainModel(records, {}, TrainOptions()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// With so few records most folds lack some reason altogether.
TEST(TrainerTest, AFoldWithoutAReasonIsNoHarm) {
  const std::vector<LabelledRecord> records = ToyRecords(1);
  const absl::StatusOr<TrainingResult> trained = TrainModel(records, {}, TrainOptions());
  ASSERT_THAT(trained, IsOk());
  EXPECT_EQ(trained->held_out.size(), records.size());
}

TEST(TrainerTest, ACorrectionWithoutAReasonTeachesTheCategory) {
  std::vector<LabelledRecord> records = ToyRecords(6);
  for (int i = 0; i < 12; ++i) {
    LabelledRecord open = records.back();
    open.id = "open-" + std::to_string(i);
    open.category = Category::kResource;
    open.reason = Reason::kUnspecified;
    open.waiting_on.clear();
    open.ticket.title = "quxxing blarg";
    open.ticket.description = "frobnication";
    records.push_back(open);
  }
  const absl::StatusOr<TrainingResult> trained = TrainModel(records, {}, TrainOptions());
  ASSERT_THAT(trained, IsOk());
  const auto classifier = Classifier::FromModel(SerializeModel(trained->model));
  ASSERT_THAT(classifier, IsOk());
  Ticket ticket;
  ticket.title = "quxxing blarg";
  ticket.description = "frobnication";
  EXPECT_EQ((*classifier)->Classify(ticket).category, Category::kResource);
}

TEST(TrainerTest, LabelsMustBeThere) {
  std::vector<LabelledRecord> records = ToyRecords(6);
  records[3].has_labels = false;
  EXPECT_THAT(TrainModel(records, {}, TrainOptions()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// The shipped model is what the shipped records give, byte for byte.
TEST(ShippedModelTest, IsReproduced) {
  const absl::StatusOr<std::vector<LabelledRecord>> records =
      ReadLabelledFiles({CLEARWAY_TRAINING_DATA});
  ASSERT_THAT(records, IsOk());
  const absl::StatusOr<std::vector<LastWord>> last_words = ReadLastWords({CLEARWAY_LAST_WORDS});
  ASSERT_THAT(last_words, IsOk());
  TrainOptions options;
  const absl::StatusOr<WordClasses> word_classes = ReadWordClasses({CLEARWAY_WORD_CLASSES});
  ASSERT_THAT(word_classes, IsOk());
  options.word_classes = *word_classes;
  const absl::StatusOr<TrainingResult> trained = TrainModel(*records, *last_words, options);
  ASSERT_THAT(trained, IsOk());
  std::ifstream in(CLEARWAY_SHIPPED_MODEL, std::ios::binary);
  std::ostringstream shipped;
  shipped << in.rdbuf();
  // Not EXPECT_EQ: a failure would print megabytes.
  EXPECT_TRUE(SerializeModel(trained->model) == shipped.str())
      << "run `clearway train --data service/classify/data --last-words "
         "service/classify/last_words --word-classes service/classify/word_classes/en.txt "
         "--output service/classify/model/clearway.model`";
}

}  // namespace
}  // namespace clearway
