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
#include "service/intake/ladder.h"
#include "service/intake/link_keeper.h"
#include "service/intake/next_step.h"
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
  // The step of the blocker's ladder that is still to come; see SuggestionsIn.
  std::optional<NextStep> next_step;
  // What the event did to the blocker, for metrics.
  std::optional<BlockerChange> change;
  // How long the blocker had lasted since it was last opened, when this event ended it.
  std::optional<absl::Duration> unblocked_after;
  // What the classifier read, where it was asked.
  std::optional<Ticket> judged;
  // What it did to the steps of the blocker's ladder.
  Climbed climbed;
  // Something is to be worked out about what hangs on what; see SettleLinks.
  bool links_changed = false;
};

// The messages that the event made due (they carry ids), then the next step to come (without). To
// be asked after the commit: the one writer's time is dear, and texts take a good part of an
// event's.
std::vector<Escalation> SuggestionsIn(const IngestOutcome& outcome);

// What a person's word that a blocker is over came to.
struct Resolution {
  Transition transition;
  // Steps whose outcome became known.
  std::vector<TakenStep> settled;
  // As in IngestOutcome.
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
  // All must outlive this. `keep_events`: as they came, for replays. `daily_cost`: what a day of
  // being blocked costs, for the words about roots; nullopt: not known.
  Intake(const Classifier& classifier, const CurrentPlanner& planners, const Clock& clock,
         absl::Duration reopen_window, ReviewPolicy review = {}, Pacing pacing = {},
         bool keep_events = true, std::optional<double> daily_cost = std::nullopt)
      : classifier_(classifier),
        planners_(planners),
        clock_(clock),
        reopen_window_(reopen_window),
        review_(std::move(review)),
        pacing_(pacing),
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
  absl::StatusOr<Resolution> ResolveBlocker(const std::string& tenant, int64_t blocker_id,
                                            const std::string& actor, const std::string& note,
                                            Transaction& tx) const;

  // Takes the steps that have fallen due on blockers that can be told of in one message, by the
  // clock, or ends their snoozes; the most urgent first, see Climb. Reads each blocker again in
  // `tx`, so a step is never taken twice. One whose kept time has not come is left alone: somebody
  // else was faster.
  absl::StatusOr<Climbed> TakeDueTogether(const std::string& tenant,
                                          const std::vector<int64_t>& blocker_ids, absl::Time retry,
                                          Transaction& tx) const;

  // Works out anew when a blocker's next step falls due, which may be in the past, and keeps it.
  // Of one that is held back and to be looked at now, that stays.
  absl::Status Reschedule(const std::string& tenant, int64_t blocker_id, Transaction& tx) const;

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
    // Without the ticket, which the caller is done with later.
    std::optional<NextStep> next_step;
    Climbed climbed;
  };
  // Moves the blocker and takes what is due. A `note` that is not empty is kept in the history.
  // `before` is what the ticket was to others.
  absl::StatusOr<Followed> Follow(const TicketKey& key, const StoredTicket& ticket,
                                  const LinkFacts& before, std::optional<Blocker> current,
                                  absl::Time at, const std::string& note, Transaction& tx) const;
  static absl::Status MoveBlocker(Transition transition, const Turn& turn, const Ticket& ticket,
                                  Followed* followed);
  // When what is held back by the pace is tried again, where nothing else is known.
  static absl::Time RetryAfter(absl::Time now) { return now + absl::Minutes(1); }

  const Classifier& classifier_;
  const CurrentPlanner& planners_;
  const Clock& clock_;
  const absl::Duration reopen_window_;
  const ReviewPolicy review_;
  const Pacing pacing_;
  const bool keep_events_;
  const std::optional<double> daily_cost_;
};

}  // namespace clearway
