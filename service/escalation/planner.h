#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/escalation.h"

namespace clearway {

// Works out whom to tell what about a blocker, and when. Pure and thread-safe.
class Planner {
 public:
  Planner(EscalationPolicy policy, Playbooks playbooks)
      : policy_(std::move(policy)), playbooks_(std::move(playbooks)) {}

  // The whole ladder for a blocker, by level, with due times counted from the beginning of its
  // present spell; texts speak as of `now`, in Chinese for "zh" and in English for all else. Empty
  // when it is resolved, not blocked, of no reason, or no ladder matches. The strongest of
  // `evidence` is quoted in the rationale. What comes from the ticket is made harmless before it is
  // put into a text (see quote.h); `target` alone keeps the ticket's words as they are.
  std::vector<Escalation> Plan(const Blocker& blocker, const std::vector<Evidence>& evidence,
                               absl::Time now) const;

  // The one step of that ladder at `level`, which saves the texts of the others; nullopt where Plan
  // has none.
  std::optional<Escalation> PlanLevel(const Blocker& blocker, int level,
                                      const std::vector<Evidence>& evidence, absl::Time now) const;

  // The highest level above the blocker's that has fallen due by `now`; nullopt when none has, or
  // the ladder rests.
  std::optional<int> DueLevel(const Blocker& blocker, absl::Time now) const;

  // The first step above the blocker's level, due or not; nullopt when the ladder is at its end,
  // rests (acknowledged, resolved) or Plan would be empty.
  std::optional<absl::Time> NextDue(const Blocker& blocker) const;

 private:
  // Levels [first, last], as far as the ladder goes.
  std::vector<Escalation> PlanLevels(const Blocker& blocker, int first, int last,
                                     const std::vector<Evidence>& evidence, absl::Time now) const;
  const Ladder* LadderFor(const Blocker& blocker) const;
  // nullptr unless the roles of its language are known too.
  const Playbook* PlaybookFor(const Blocker& blocker) const;

  EscalationPolicy policy_;
  Playbooks playbooks_;
};

}  // namespace clearway
