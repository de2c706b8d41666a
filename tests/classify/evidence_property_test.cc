// That evidence is what the verdict rests on, over many tickets.
#include <cstddef>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

#include "service/classify/classifier.h"
#include "service/classify/record.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;

// Every so many of our records, of each file.
constexpr size_t kStride = 5;

std::string* FieldOf(const std::string& name, Ticket* ticket) {
  if (name == "title") return &ticket->title;
  if (name == "description") return &ticket->description;
  for (size_t i = 0; i < ticket->comments.size(); ++i) {
    if (name == "comments[" + std::to_string(i) + "]") return &ticket->comments[i].body;
  }
  return nullptr;
}

Ticket Without(const Evidence& span, Ticket ticket) {
  std::string* field = FieldOf(span.field, &ticket);
  if (field == nullptr) {
    ADD_FAILURE() << "no field " << span.field;
    return ticket;
  }
  field->erase(static_cast<size_t>(span.begin), static_cast<size_t>(span.end - span.begin));
  return ticket;
}

double ProbabilityOf(Category category, const Classification& verdict) {
  return verdict.probabilities[static_cast<size_t>(category) - 1];
}

// Without the words that spoke most for it, a verdict is less likely or another one. Not always:
// the weights of a ticket are divided by a norm that shrinks with it, so that what is left of a
// unanimous text can weigh more than before. Of all our 4,040 records 98.7 % kept to it when this
// was written, and 58 % where a sentence that is no evidence was taken out at random; the bound
// leaves room for a model trained anew, not for evidence that does not decide.
TEST(EvidencePropertyTest, WithoutItsStrongestEvidenceAVerdictIsWeaker) {
  constexpr double kLeastShare = 0.95;
  const auto classifier = Classifier::BuiltIn();
  ASSERT_THAT(classifier, IsOk());
  const auto records = ReadLabelledFiles({CLEARWAY_TRAINING_DATA});
  ASSERT_THAT(records, IsOk());
  int with_evidence = 0;
  std::vector<std::string> not_weaker;
  for (size_t i = 0; i < records->size(); i += kStride) {
    const LabelledRecord& record = (*records)[i];
    const Classification before = (*classifier)->Classify(record.ticket);
    if (before.evidence.empty()) continue;
    ++with_evidence;
    const Classification after =
        (*classifier)->Classify(Without(before.evidence.front(), record.ticket));
    const bool weaker = after.category != before.category ||
                        ProbabilityOf(before.category, after) < before.confidence;
    if (!weaker) not_weaker.push_back(record.id);
  }
  const double share = 1 - static_cast<double>(not_weaker.size()) / with_evidence;
  std::cout << share << " of " << with_evidence
            << " verdicts with evidence are weaker without it\n";
  ASSERT_GT(with_evidence, 500);
  EXPECT_GE(share, kLeastShare) << ::testing::PrintToString(not_weaker);
}

}  // namespace
}  // namespace clearway
