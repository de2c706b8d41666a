#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/classify/classifier.h"
#include "service/domain/blocker.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/domain/classification.h"
#include "service/domain/escalation.h"
#include "service/domain/review.h"
#include "service/escalation/planner.h"
#include "service/store/store.h"

namespace clearway {

// A verdict as of one event.
struct ReplayedVerdict {
  absl::Time time;
  std::string event_id;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;

  friend bool operator==(const ReplayedVerdict&, const ReplayedVerdict&) = default;
};

// What another model and policy make of a ticket; see clearway.v1.TicketDifference.
struct TicketDifference {
  TicketKey key;
  std::optional<Classification> verdict_then;
  std::optional<Classification> verdict_now;
  std::optional<Blocker> blocker_then;
  std::optional<Blocker> blocker_now;
  std::optional<Escalation> next_then;
  std::optional<Escalation> next_now;
  std::vector<ReplayedVerdict> verdicts;
  bool kept_by_person = false;
  // The ticket was deleted or its texts were erased: there is nothing to be judged.
  bool skipped = false;
  size_t events = 0;
  // What the other model itself says, after review.
  std::optional<Classification> judged;
  // What that does to the blocker.
  std::optional<Transition> transition;

  bool verdict_differs() const;
  // Whether there is anything to show. Confidence and evidence alone are not.
  bool differs() const;
};

// Judges tickets anew from what is kept of them. The verdict is on the ticket as it stands; the
// events say since when the words have said so, where all that make up the ticket are kept. Pure
// but for Apply. Thread-safe.
class Replay {
 public:
  struct Options {
    absl::Duration reopen_window;
    ReviewPolicy review;
    // Who asks, for the notes in histories.
    std::string actor;
  };
  // None may be null; `then` is the policy in use.
  Replay(std::shared_ptr<const Classifier> classifier, std::shared_ptr<const Planner> then,
         std::shared_ptr<const Planner> now, Options options)
      : classifier_(std::move(classifier)),
        then_(std::move(then)),
        now_(std::move(now)),
        options_(std::move(options)) {}

  // DATA_LOSS when a kept event cannot be read.
  absl::StatusOr<TicketDifference> Compare(const TicketKey& key, const TicketFile& file,
                                           absl::Time now) const;

  // Compares what is there now, with the events read before, and writes what differs: verdict,
  // blocker, a line of its history by "replay". Takes no steps. To be run by GroupCommit;
  // repeatable.
  absl::StatusOr<TicketDifference> Apply(const TicketKey& key, const std::vector<RawEvent>& events,
                                         absl::Time now, Transaction& tx) const;

  const std::string& model_version() const { return classifier_->model_version(); }

 private:
  std::vector<ReplayedVerdict> Verdicts(const std::vector<TicketEvent>& events,
                                        const TicketState& held) const;
  Classification Classify(const std::string& tenant, const Ticket& ticket) const;
  void Follow(const TicketFile& file, absl::Time at, absl::Time now,
              TicketDifference* difference) const;

  const std::shared_ptr<const Classifier> classifier_;
  const std::shared_ptr<const Planner> then_;
  const std::shared_ptr<const Planner> now_;
  const Options options_;
};

}  // namespace clearway
