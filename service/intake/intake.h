#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/base/clock.h"
#include "service/classify/classifier.h"
#include "service/domain/blocker.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/domain/classification.h"
#include "service/domain/escalation.h"
#include "service/domain/review.h"
#include "service/domain/standing.h"
#include "service/domain/ticket_event.h"
#include "service/escalation/current_planner.h"
#include "service/escalation/planner.h"
#include "service/intake/judgement.h"
#include "service/intake/link_keeper.h"
#include "service/store/store.h"

namespace clearway {

// Same numbers as clearway.v1.IngestResult.
enum class IngestResult { kUnspecified = 0, kApplied = 1, kDuplicate = 2, kStale = 3 };

struct IngestOutcome {
  IngestResult result = IngestResult::kUnspecified;
  // The verdict that counts: a person's where one stands.
  std::optional<Classification> classification;
  // The ticket's blocker: the one that lasts, or the one that this event ended.
  std::optional<Blocker> blocker;
  // Steps that this event made due (they carry ids), then the next one to come (without).
  std::vector<Escalation> escalations;
  // What the event did to the blocker, for metrics.
  std::optional<BlockerChange> change;
  // How long the blocker had lasted since it was last opened, when this event ended it.
  std::optional<absl::Duration> unblocked_after;
  // What the classifier read, where it was asked.
  std::optional<Ticket> judged;
  // Something is to be worked out about what hangs on what; see SettleLinks.
  bool links_changed = false;
};

// The verdict on an event's own ticket, worked out before the event's turn comes: most events carry
// the whole ticket, and the one writer's time is dear.
struct Forecast {
  Ticket ticket;
  Classification classification;

  friend bool operator==(const Forecast&, const Forecast&) = default;
};

// The life of an event inside one transaction: remember its id, merge it into its ticket, classify
// the result, move the blocker, decide what is due, write. Pure of gRPC. Thread-safe.
class Intake {
 public:
  // All must outlive this. `daily_cost`: what a day of being blocked costs, for the words about
  // roots; nullopt: not known.
  Intake(const Classifier& classifier, const CurrentPlanner& planners, const Clock& clock,
         absl::Duration reopen_window, ReviewPolicy review = {}, bool keep_events = true,
         std::optional<double> daily_cost = std::nullopt)
      : classifier_(classifier),
        planners_(planners),
        clock_(clock),
        reopen_window_(reopen_window),
        review_(std::move(review)),
        keep_events_(keep_events),
        daily_cost_(daily_cost) {}

  // What can be said before the ticket's state is known; nullopt for an event that carries only
  // part of its ticket. Touches no store.
  std::optional<Forecast> Foresee(const TicketEvent& event) const;

  // Takes a valid event in. To be run by GroupCommit; repeatable. Errors are the transaction's. The
  // forecast is used where it turns out to be of the very ticket, else the ticket is classified
  // here. `packed` is what the event is kept as, where there was time to work that out; empty: it
  // is worked out here. Texts that were erased before it came are taken out of it first.
  absl::StatusOr<IngestOutcome> Apply(const TicketEvent& event,
                                      const std::optional<Forecast>& forecast, Transaction& tx,
                                      const std::string& packed = "") const;

  // Whether events are kept as they came.
  bool keeps_events() const { return keep_events_; }

  // Takes a person's judgement: keeps it, lets it stand against the classifier's verdict where the
  // two differ, and moves the blocker. To be run by GroupCommit; repeatable. NOT_FOUND when nothing
  // is known of the blocker or ticket, FAILED_PRECONDITION when the ticket named was deleted.
  absl::StatusOr<JudgementOutcome> Judge(const JudgementRequest& request, Transaction& tx) const;

  // Puts a blocker off until `end`; see Snooze in blocker_lifecycle.h. To be run by GroupCommit;
  // repeatable. NOT_FOUND when the tenant has no such blocker.
  absl::StatusOr<Transition> SnoozeBlocker(const std::string& tenant, int64_t blocker_id,
                                           const std::string& actor, const std::string& note,
                                           absl::Time end, Transaction& tx) const;

  // Ends a blocker by a person's word, and lifts a correction that says otherwise; see
  // ResolveByPerson in blocker_lifecycle.h. To be run by GroupCommit; repeatable. NOT_FOUND when
  // the tenant has no such blocker.
  absl::StatusOr<Transition> ResolveBlocker(const std::string& tenant, int64_t blocker_id,
                                            const std::string& actor, const std::string& note,
                                            Transaction& tx, bool* links_changed) const;

  // Takes the steps that have fallen due on one blocker, by the clock, or ends its snooze. Reads
  // the blocker again in `tx`, so a step is never taken twice. Returns them with their ids.
  absl::StatusOr<std::vector<Escalation>> TakeDueSteps(const std::string& tenant,
                                                       int64_t blocker_id, Transaction& tx) const;

 private:
  // The verdict on a ticket as its tenant is to see it.
  Classification Classify(const std::string& tenant, const Ticket& ticket) const;
  absl::Status Keep(const TicketEvent& event, const std::string& packed, absl::Time received,
                    Transaction& tx) const;
  // What follows from the verdict that counts on a ticket.
  struct Followed {
    bool links_changed = false;
    // The one that lasts, or the one that was ended.
    std::optional<Blocker> blocker;
    std::optional<BlockerChange> change;
    std::optional<absl::Duration> unblocked_after;
    std::vector<Escalation> escalations;
  };
  // Moves the blocker and takes what is due. A `note` that is not empty is kept in the history.
  // `before` is what the ticket was to others.
  absl::StatusOr<Followed> Follow(const TicketKey& key, const StoredTicket& ticket,
                                  const LinkFacts& before, std::optional<Blocker> current,
                                  absl::Time at, const std::string& note, Transaction& tx) const;
  // Who is told what about one ticket's blocker: what all steps of one turn work from.
  struct Turn {
    const Planner& planner;
    const Ticket& ticket;
    std::vector<Evidence> evidence;
    absl::Time now;
    Transaction& tx;
    std::optional<double> daily_cost;
    // Once it was asked for.
    std::optional<Standing> standing = std::nullopt;
  };
  static absl::StatusOr<Standing> StandingIn(const Blocker& blocker, Turn* turn);
  static absl::Status MoveBlocker(Transition transition, const Turn& turn, Followed* followed);
  // Takes what has fallen due on a stored blocker that lasts.
  static absl::Status Climb(Turn& turn, Blocker* blocker, std::vector<Escalation>* taken);
  static absl::Status Wake(const Turn& turn, Blocker* blocker);
  static absl::Status Take(Escalation step, const Turn& turn, Blocker* blocker,
                           std::vector<Escalation>* taken);
  // When the policy's limit lets the step go out; nullopt: now.
  static absl::StatusOr<std::optional<absl::Time>> HeldBack(const Escalation& step,
                                                            const Blocker& blocker,
                                                            const Turn& turn);
  // Keeps when to come back to the blocker.
  static absl::Status PutNext(std::optional<absl::Time> next, const Turn& turn, Blocker* blocker);
  static absl::Status AddNextStep(Turn& turn, Followed* followed);
  // Where another ticket is told about in this one's place: lets the ladder rest, and says so.
  static absl::Status RestFor(const Standing& standing, const Turn& turn, Blocker* blocker);

  const Classifier& classifier_;
  const CurrentPlanner& planners_;
  const Clock& clock_;
  const absl::Duration reopen_window_;
  const ReviewPolicy review_;
  const bool keep_events_;
  const std::optional<double> daily_cost_;
};

}  // namespace clearway
