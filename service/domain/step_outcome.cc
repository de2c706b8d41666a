#include "service/domain/step_outcome.h"

namespace clearway {
namespace {

// FNV-1a: the same in every program, which absl::Hash is not.
uint64_t Mix(uint64_t hash, absl::string_view text) {
  constexpr uint64_t kPrime = 0x100000001b3;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  // No byte of UTF-8: keeps ("a", "bc") and ("ab", "c") apart.
  return (hash ^ 0xff) * kPrime;
}

void Settle(TakenStep step, StepOutcome outcome, absl::Time time, std::vector<TakenStep>* changed) {
  if (step.outcome == outcome) return;
  step.outcome = outcome;
  step.outcome_time = time;
  changed->push_back(std::move(step));
}

}  // namespace

absl::string_view StepOutcomeName(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::kPending:
      return "pending";
    case StepOutcome::kResolved:
      return "resolved";
    case StepOutcome::kNextStep:
      return "next_step";
    case StepOutcome::kMoot:
      return "moot";
    case StepOutcome::kUnspecified:
      break;
  }
  return "";
}

uint64_t WordsFingerprint(absl::string_view recipient, absl::string_view channel,
                          absl::string_view draft_message) {
  const uint64_t hash = Mix(Mix(Mix(0xcbf29ce484222325, recipient), channel), draft_message);
  return hash == 0 ? 1 : hash;
}

std::vector<TakenStep> PassedBy(const std::vector<TakenStep>& steps, absl::Time time) {
  std::vector<TakenStep> changed;
  for (const TakenStep& step : steps) {
    if (step.outcome == StepOutcome::kPending) {
      Settle(step, StepOutcome::kNextStep, time, &changed);
    }
  }
  return changed;
}

std::vector<TakenStep> EndedAt(const std::vector<TakenStep>& steps, absl::Time time) {
  std::vector<TakenStep> changed;
  bool credited = false;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (step->time > time) {
      Settle(*step, StepOutcome::kMoot, time, &changed);
    } else if (!credited) {
      Settle(*step, StepOutcome::kResolved, time, &changed);
      credited = true;
    }
  }
  return changed;
}

}  // namespace clearway
