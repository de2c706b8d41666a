#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "service/domain/classification.h"
#include "service/domain/taxonomy.h"
#include "service/domain/ticket_state.h"

namespace clearway {

// What a person holds a ticket to be.
struct Judgement {
  std::string actor;
  // One of the five verdicts.
  Category category = Category::kUnspecified;
  // One of the category's; kUnspecified: not judged.
  Reason reason = Reason::kUnspecified;
  // Another blocked category; kUnspecified: none, or not judged.
  Category secondary = Category::kUnspecified;
  // Empty: not judged.
  std::string waiting_on;

  friend bool operator==(const Judgement&, const Judgement&) = default;
};

// A judgement that stands against the classifier's verdict, with what it was given on.
struct Correction {
  Judgement judgement;
  // The ticket's then.
  std::string status;
  bool done = false;
  bool flagged = false;
  // TextFingerprint of the ticket then.
  uint64_t text = 0;
  // What the classifier held likeliest then.
  Category overruled = Category::kUnspecified;

  friend bool operator==(const Correction&, const Correction&) = default;
};

// `verdict` is the classifier's, after review, on the ticket as it stands.
Correction CorrectionOf(Judgement judgement, const TicketState& ticket,
                        const Classification& verdict);

// True when the judgement says nothing that the classifier's sure verdict does not say by itself.
bool Confirms(const Judgement& judgement, const Classification& verdict);

// Whether a correction outlives what has become of the ticket. Its tracker's own word (status,
// done, flag) ends it. New words end it only together with a sure verdict against it: NOT_BLOCKED
// against a blocked one; against a NOT_BLOCKED one, a cause other than the one that was overruled.
bool Holds(const Correction& correction, const TicketState& ticket, const Classification& verdict);

// The verdict that counts: the person's where there is a correction, with what the classifier found
// where the two agree on the category. nullopt for a ticket without a verdict.
std::optional<Classification> EffectiveVerdict(const std::optional<Classification>& verdict,
                                               const std::optional<Correction>& correction);

}  // namespace clearway
