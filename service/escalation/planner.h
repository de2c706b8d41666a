#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/dependants.h"
#include "service/domain/directory.h"
#include "service/domain/escalation.h"
#include "service/domain/policy.h"
#include "service/domain/routing.h"
#include "service/domain/schedule.h"
#include "service/domain/standing.h"
#include "service/domain/ticket.h"
#include "service/escalation/addressee.h"
#include "service/escalation/message_facts.h"
#include "service/escalation/prepared_playbooks.h"

namespace clearway {

// When one step of a ladder falls due, and why then.
struct StepTiming {
  // By the ladder's clock alone.
  absl::Time nominal;
  // When it may be taken; InfiniteFuture: never.
  absl::Time due;
  // What lies between the two, in order.
  std::vector<Hold> holds;
};

// What holds for the message that tells one step.
struct MessageTerms {
  // Of messages to any one recipient.
  RateLimit limit;
  // What falls due for the same party within it is told together; 0: the policy does not say.
  absl::Duration interval;
  // When the next step of the ladder falls due; nullopt where there is none.
  std::optional<absl::Time> next_step;
  // It goes to the very party that the ticket waits for.
  bool to_party = false;
};

// A step that has fallen due and may be told now, without its texts.
struct DueStep {
  int level = 0;
  std::string recipient;
  // Steps of a tenant that have the same can be told in one message: they are for one recipient by
  // one channel, about one party, and at one moment where the policy groups.
  std::string group;
  MessageTerms terms;
};

// What comes next on a blocker's ladder.
struct Prospect {
  // See Planner::NextDue and Planner::Due.
  std::optional<absl::Time> next;
  std::optional<DueStep> due;
};

// How a policy comes to what it says about a blocker.
struct PolicyExplanation {
  std::vector<RouteTried> tried;
  RouteDecision decision;
  // Null when no ladder is climbed.
  const Ladder* ladder = nullptr;
  // Null in wall time.
  const BusinessCalendar* calendar = nullptr;
  // Null without quiet hours.
  const BusinessCalendar* open = nullptr;
  // Those whose matchers fit, whenever they are.
  std::vector<const Mute*> mutes;
  // One for each step of the ladder.
  std::vector<StepTiming> steps;
  double urgency = 0;
};

// One of several blockers that are told in one message. All must outlive this.
struct GroupMember {
  const Blocker& blocker;
  const Ticket& ticket;
  // Null: as far as the ticket's own links tell.
  const Dependants* dependants = nullptr;
};

// Works out whom to tell what about a blocker, and when. Pure and thread-safe. Of the ticket only
// labels, people and links are looked at; the rest is in the blocker.
//
// Of a recipient the one form is "party/legal" for the party the ticket waits for (see party.h) and
// for people whom the directory names ("party/dana fox"), "lead/legal" for the lead of a party that
// it does not, and "team-lead/PROJECT", "manager/PROJECT", "sponsor/PROJECT" for the other roles.
class Planner {
 public:
  Planner(EscalationPolicy policy, const Playbooks& playbooks, Directory directory = {});

  // The whole ladder for a blocker, by level, with due times counted from the beginning of its
  // present spell; texts speak as of `now`, in Chinese for "zh" and in English for all else. Empty
  // when it is resolved, not blocked, of no reason, or no ladder matches. The strongest of
  // `evidence` is quoted in the rationale. What comes from the ticket is made harmless before it is
  // put into a text (see quote.h); `target` alone keeps the ticket's words as they are. Who
  // reported the ticket, and waits, is not turned to: the playbook's usual party is. What hangs on
  // the ticket is what the links say (`standing`), or else what the ticket's own links tell.
  std::vector<Escalation> Plan(const Blocker& blocker, const Ticket& ticket,
                               const std::vector<Evidence>& evidence, absl::Time now,
                               const Standing& standing = {}) const;

  // The one step of that ladder at `level`, which saves the texts of the others; nullopt where Plan
  // has none.
  std::optional<Escalation> PlanLevel(const Blocker& blocker, const Ticket& ticket, int level,
                                      const std::vector<Evidence>& evidence, absl::Time now,
                                      const Standing& standing = {}) const;

  // One message to the party that all of `members` wait for, in place of one for each; "" for
  // none. In `language`, "en" or "zh".
  std::string DraftGroup(const std::vector<GroupMember>& members, const std::string& language,
                         absl::Time now) const;

  // The highest step above the blocker's level that has fallen due by `now` and may be told now;
  // nullopt when none has, the ladder rests, or it is quiet or muted.
  std::optional<DueStep> Due(const Blocker& blocker, const Ticket& ticket, absl::Time now) const;

  // When the first step above the blocker's level can be taken: it may have fallen due before
  // `now`, but quiet hours and mutes that last now put it off. While it is snoozed, when that ends.
  // nullopt when the ladder is at its end, rests (acknowledged, resolved) or Plan would be empty.
  std::optional<absl::Time> NextDue(const Blocker& blocker, const Ticket& ticket,
                                    absl::Time now) const;

  // Both of them, worked out at once.
  Prospect Look(const Blocker& blocker, const Ticket& ticket, absl::Time now) const;

  // The first moment at or after `time` that is neither quiet nor muted for the blocker.
  absl::Time Opening(const Blocker& blocker, const Ticket& ticket, absl::Time time) const;

  // See schedule.h; in working days where the ladder counts those.
  double UrgencyOf(const Blocker& blocker, const Ticket& ticket, absl::Time now) const;

  // In their order in the policy.
  std::vector<std::string> LadderNames() const;

  // All of it, for people. The pointers live as long as this.
  PolicyExplanation Explain(const Blocker& blocker, const Ticket& ticket, absl::Time now) const;

 private:
  // What the policy says about one blocker.
  struct Course {
    RouteDecision decision;
    const Ladder* ladder = nullptr;
    const BusinessCalendar* calendar = nullptr;
    // In which texts count days; null: nobody gave any.
    const BusinessCalendar* working_days = nullptr;
    const BusinessCalendar* open = nullptr;
    std::vector<const Mute*> mutes;
    // Null: not known.
    const DailyCost* cost = nullptr;
    RateLimit rate_limit;
    Grouping grouping;
  };
  Course CourseOf(const Blocker& blocker, const Ticket& ticket,
                  std::vector<RouteTried>* trace = nullptr) const;
  // nullopt unless there is something to climb: a ladder and a playbook, of a blocker that lasts.
  std::optional<Course> ClimbOf(const Blocker& blocker, const Ticket& ticket) const;

  // `level` from 1, within the ladder.
  static StepTiming TimingOf(const Course& course, const Blocker& blocker, int level);
  static std::optional<absl::Time> NextDueOf(const Course& course, const Blocker& blocker,
                                             absl::Time now);
  static double UrgencyOf(const Course& course, const Blocker& blocker, absl::Time now);
  // Whom a step is told by which channel, and with what.
  struct Address {
    Addressee to;
    std::string channel;
    // See DueStep.
    std::string group;
    // The policy groups it.
    bool grouped = false;
    // To the very party that the ticket names.
    bool to_party = false;
  };
  // The highest of the steps that are due, of which there is one.
  DueStep HighestDue(const Course& course, const Blocker& blocker, const Ticket& ticket,
                     absl::Time now) const;
  // `told`: when. There must be a playbook.
  Address AddressOf(const Course& course, const Blocker& blocker, const Ticket& ticket, int level,
                    absl::Time told) const;

  // Levels [first, last], as far as the ladder goes.
  std::vector<Escalation> PlanLevels(const Blocker& blocker, const Ticket& ticket, int first,
                                     int last, const std::vector<Evidence>& evidence,
                                     absl::Time now, const Standing& standing) const;
  Escalation Step(const Course& course, const Situation& situation, int level,
                  absl::Time due) const;
  // What is said in the step, of whose addressee, languages and time all is known.
  void AddTexts(const Course& course, const Situation& situation, Escalation* step) const;

  Situation SituationOf(const Course& course, const Blocker& blocker, const Ticket& ticket,
                        const std::vector<Evidence>& evidence, const Dependants& dependants,
                        const Standing& standing, absl::Time now) const;
  // All that the texts of one step can speak of.
  TemplateFacts StepFacts(const Course& course, const Situation& situation, int level,
                          absl::Time due, Language language) const;
  // An answer is asked for within the playbook's days `from` a moment, not after the working day of
  // `latest`. Returns when; InfiniteFuture: by no day.
  static absl::Time AddAnswerDay(const PreparedPlaybook& playbook, const Situation& situation,
                                 absl::Time from, absl::Time latest, Language language,
                                 TemplateFacts* facts);
  // `name`: of whom the directory names; empty: a role or a party.
  static void AddSharedTexts(const PreparedTexts& shared, const std::string& name,
                             TemplateFacts* facts);

  // `level` must be one of the course's ladder.
  static MessageTerms TermsOf(const Course& course, const Blocker& blocker, const Address& address,
                              int level);

  EscalationPolicy policy_;
  // The policy's own, or what stands for its ladders.
  Route route_;
  PreparedPlaybooks playbooks_;
  Directory directory_;
  BusinessCalendar weekdays_;
};

}  // namespace clearway
