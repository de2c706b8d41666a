#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

#include "service/domain/escalation.h"
#include "service/domain/ticket_event.h"
#include "service/intake/intake.h"
#include "service/intake/link_settler.h"
#include "service/store/store.h"
#include "tests/store/conformance/backends.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/two_step_planner.h"

namespace clearway::testing {

inline LinkScope Scope() { return {"acme", "jira"}; }

// Who hangs on which root, and what each root bears.
struct Picture {
  std::vector<Hanging> hanging;
  std::vector<Root> roots;
};

// Tickets that come in at random.
std::vector<std::string> ManyKeys(int count);

// The life of events over every back end, and what their links come to.
class RootsTest : public ::testing::TestWithParam<Backend> {
 protected:
  RootsTest() : ground_(GetParam().make_ground(dir_.path())), store_(*ground_->Open()) {}

  TicketEvent Event(const std::string& key, const std::string& words,
                    std::vector<TicketLink> links = {});
  static TicketEvent Done(TicketEvent event);
  // Any of `keys` with any links, sometimes done or gone.
  TicketEvent AnyEvent(const std::vector<std::string>& keys, std::mt19937* random);

  IngestOutcome Apply(const TicketEvent& event, Store* store = nullptr);
  // Deletes a ticket as retention does, unless it is stuck.
  void Delete(const std::string& key);
  SettledLinks SettleOnce(const SettleLimits& limits, Store* store = nullptr);
  // All that is to be worked out; the tickets of the ladders that may go on.
  std::vector<std::string> Settle(const SettleLimits& limits = {});
  void Reschedule(int64_t blocker_id);
  // Whatever time was kept for them.
  std::vector<Escalation> TakeDueSteps(int64_t blocker_id);
  Climbed TakeDueTogether(const std::vector<int64_t>& blocker_ids);

  Picture AsKept(const std::vector<std::string>& keys);
  std::vector<std::string> RootsOf(const std::string& key);
  // What is kept must be what the tickets and their links alone come to; how many hang on some
  // root.
  size_t ExpectAsFromScratch(const std::vector<std::string>& keys, const std::string& when);

  TempDir dir_;
  const std::unique_ptr<Ground> ground_;
  const std::unique_ptr<Store> store_;
  FakeClock clock_;
  const FakeClassifier classifier_;
  const CurrentPlanner planner_{TwoStepPlanner()};
  const Intake intake_{classifier_,       planner_,      clock_,
                       absl::Hours(24),
                       /*review=*/{},     /*pacing=*/{}, /*keep_events=*/true,
                       /*daily_cost=*/100};

 private:
  Picture FromScratch(const std::vector<std::string>& keys);

  int events_ = 0;
};

}  // namespace clearway::testing
