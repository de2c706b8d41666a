#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/domain/taxonomy.h"

namespace clearway {

// What came of a step of a ladder that was told.
enum class StepOutcome {
  kUnspecified = 0,
  // Nothing yet.
  kPending = 1,
  // The blocker ended after it, before the next step was told.
  kResolved = 2,
  // It still lasted when the next step was told.
  kNextStep = 3,
  // The blocker had ended before it was told, as became known later.
  kMoot = 4,
};
inline constexpr int kStepOutcomeCount = 5;

// Names as in the metrics ("next_step"); "" for kUnspecified.
absl::string_view StepOutcomeName(StepOutcome outcome);

// A step of a blocker's ladder that was told. There is at most one for each blocker, opening and
// level: that is what lets it be told once, whatever clocks and replicas do.
struct TakenStep {
  std::string tenant;
  int64_t blocker_id = 0;
  // 0 for the blocker's first spell, one more for each re-opening.
  int opening = 0;
  int level = 0;
  // The message that told it.
  int64_t escalation_id = 0;
  // The blocker's when it was told, as are the two below.
  std::string project;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  std::string channel;
  // When it was told.
  absl::Time time;
  // WordsFingerprint of what would be said of this blocker by itself; 0: not known.
  uint64_t words = 0;
  StepOutcome outcome = StepOutcome::kPending;
  // When it ended, or the next step was told; nullopt while it is pending, or where that is not
  // known.
  std::optional<absl::Time> outcome_time;

  friend bool operator==(const TakenStep&, const TakenStep&) = default;
};

// The same for the same words to the same ears alone. Kept, so it never changes.
uint64_t WordsFingerprint(absl::string_view recipient, absl::string_view channel,
                          absl::string_view draft_message);

// Both take the steps of one opening by level, and return those of them that change, changed.

// Another step is told at `time`.
std::vector<TakenStep> PassedBy(const std::vector<TakenStep>& steps, absl::Time time);

// The spell ended at `time`, which may be before steps that were told meanwhile: of late news the
// last step before it gets the credit.
std::vector<TakenStep> EndedAt(const std::vector<TakenStep>& steps, absl::Time time);

}  // namespace clearway
