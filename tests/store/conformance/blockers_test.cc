#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;

BlockerChange Change(int64_t seconds, const std::string& note) {
  return {At(seconds),
          "classifier",
          BlockerState::kOpen,
          BlockerState::kEscalated,
          Category::kCrossTeam,
          Reason::kTeamDependency,
          note};
}

class StoreBlockersTest : public StoreConformanceTest {
 protected:
  // The ticket's latest blocker, as a transaction sees it.
  std::optional<Blocker> Latest(const TicketKey& key) {
    std::optional<Blocker> latest;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      const absl::StatusOr<std::optional<Blocker>> found = tx.GetLatestBlocker(key);
      if (found.ok()) latest = *found;
      return found.status();
    }),
                IsOk());
    return latest;
  }
  absl::Status TryPut(const Blocker& blocker) {
    return store().Transact([&](Transaction& tx) { return tx.PutBlocker(blocker).status(); });
  }
};

TEST_P(StoreBlockersTest, ANewBlockerGetsAGrowingId) {
  const int64_t first = Put(OpenBlocker(Key("PAY-1")));
  const int64_t second = Put(OpenBlocker(Key("PAY-2")));
  const int64_t third = Put(OpenBlocker(Key("PAY-1", kOtherTenant)));
  EXPECT_GE(first, 1);
  EXPECT_GT(second, first);
  EXPECT_GT(third, second);
}

TEST_P(StoreBlockersTest, EveryFieldComesBack) {
  Blocker blocker = FullBlocker();
  blocker.id = Put(blocker);
  EXPECT_THAT(store().GetBlocker(kTenant, blocker.id), IsOkAndHolds(Eq(blocker)));
  EXPECT_THAT(Latest(blocker.ticket), Eq(blocker));
}

TEST_P(StoreBlockersTest, AbsentValuesComeBackAbsent) {
  Blocker blocker = OpenBlocker(Key());
  blocker.id = Put(blocker);
  EXPECT_THAT(store().GetBlocker(kTenant, blocker.id), IsOkAndHolds(Eq(blocker)));
}

TEST_P(StoreBlockersTest, ExtremesComeBack) {
  Blocker blocker = FullBlocker();
  blocker.open_time = absl::FromUnixMicros(-1);
  blocker.confidence = 1;
  blocker.resolved_text = std::numeric_limits<uint64_t>::max();
  blocker.title = std::string("a\0b", 3);
  blocker.past_spells.assign(200, {At(1), At(2)});
  blocker.id = Put(blocker);
  EXPECT_THAT(store().GetBlocker(kTenant, blocker.id), IsOkAndHolds(Eq(blocker)));
}

TEST_P(StoreBlockersTest, TimesAreCutToMicroseconds) {
  Blocker blocker = OpenBlocker(Key(), At(0) + absl::Nanoseconds(1999));
  blocker.id = Put(blocker);
  const absl::StatusOr<Blocker> stored = store().GetBlocker(kTenant, blocker.id);
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->open_time, At(0) + absl::Microseconds(1));
}

TEST_P(StoreBlockersTest, OverwritingChangesEverythingButTheId) {
  Blocker blocker = OpenBlocker(Key());
  const int64_t id = Put(blocker);
  blocker = FullBlocker();
  blocker.id = id;
  EXPECT_EQ(Put(blocker), id);
  EXPECT_THAT(store().GetBlocker(kTenant, id), IsOkAndHolds(Eq(blocker)));
  blocker = OpenBlocker(Key());
  blocker.id = id;
  EXPECT_EQ(Put(blocker), id);
  EXPECT_THAT(store().GetBlocker(kTenant, id), IsOkAndHolds(Eq(blocker)));
}

TEST_P(StoreBlockersTest, OverwritingChangesEachFieldByItself) {
  Blocker blocker = OpenBlocker(Key());
  blocker.id = Put(blocker);
  const std::vector<std::function<void(Blocker*)>> changes = {
      [](Blocker* b) { b->project = "OPS"; },
      [](Blocker* b) { b->title = "another"; },
      [](Blocker* b) { b->url = "https://example.com/1"; },
      [](Blocker* b) { b->state = BlockerState::kAcknowledged; },
      [](Blocker* b) { b->category = Category::kResource; },
      [](Blocker* b) { b->reason = Reason::kStaffing; },
      [](Blocker* b) { b->secondary = Category::kTechnical; },
      [](Blocker* b) { b->waiting_on = "the vendor"; },
      [](Blocker* b) { b->confidence = 0.25; },
      [](Blocker* b) { b->priority = Priority::kLowest; },
      [](Blocker* b) { b->escalation_level = 2; },
      [](Blocker* b) { b->open_time = At(-5); },
      [](Blocker* b) { b->spell_time = At(-4); },
      [](Blocker* b) {
        b->past_spells = {{At(-5), At(-4)}};
      },
      [](Blocker* b) {
        b->snoozes = {{At(1), At(2)}};
      },
      [](Blocker* b) { b->acknowledge_time = At(3); },
      [](Blocker* b) { b->update_time = At(4); },
      [](Blocker* b) { b->language = "zh"; },
      [](Blocker* b) { b->next_escalation_time = At(5); },
      [](Blocker* b) { b->next_escalation_time.reset(); },
      [](Blocker* b) { b->resolved_text = 7; },
      [](Blocker* b) {
        b->state = BlockerState::kResolved;
        b->resolve_time = At(6);
      }};
  for (size_t i = 0; i < changes.size(); ++i) {
    changes[i](&blocker);
    Put(blocker);
    EXPECT_THAT(store().GetBlocker(kTenant, blocker.id), IsOkAndHolds(Eq(blocker))) << i;
  }
}

TEST_P(StoreBlockersTest, OverwritingWhatIsNotThereIsNotFound) {
  Blocker blocker = OpenBlocker(Key());
  blocker.id = 17;
  EXPECT_THAT(TryPut(blocker), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreBlockersTest, OverwritingAnotherTicketsBlockerIsNotFound) {
  const int64_t id = Put(OpenBlocker(Key()));
  for (const TicketKey& other : {Key("PAY-2"), Key("PAY-1", kOtherTenant)}) {
    Blocker blocker = FullBlocker();
    blocker.id = id;
    blocker.ticket = other;
    EXPECT_THAT(TryPut(blocker), StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_EQ(store().GetBlocker(kTenant, id)->title, "");
}

TEST_P(StoreBlockersTest, StateAndResolveTimeMustAgree) {
  Blocker blocker = OpenBlocker(Key());
  blocker.resolve_time = At(1);
  EXPECT_THAT(TryPut(blocker), StatusIs(absl::StatusCode::kFailedPrecondition));
  blocker = OpenBlocker(Key());
  blocker.state = BlockerState::kResolved;
  EXPECT_THAT(TryPut(blocker), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(StoreBlockersTest, ABlockerIsFoundByItsTenantAlone) {
  const int64_t id = Put(OpenBlocker(Key()));
  EXPECT_THAT(store().GetBlocker(kOtherTenant, id), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().GetBlocker(kTenant, id + 1), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().Transact([&](Transaction& tx) {
    EXPECT_THAT(tx.GetBlocker(kTenant, id), IsOk());
    EXPECT_THAT(tx.GetBlocker(kOtherTenant, id), StatusIs(absl::StatusCode::kNotFound));
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(StoreBlockersTest, TheLatestHasTheHighestIdWhateverItsState) {
  EXPECT_EQ(Latest(Key()), std::nullopt);
  const int64_t first = Put(OpenBlocker(Key()));
  EXPECT_EQ(Latest(Key())->id, first);
  const int64_t second = Put(Resolved(OpenBlocker(Key(), At(-50)), At(-10)));
  Put(OpenBlocker(Key("PAY-2")));
  Put(OpenBlocker({kTenant, "github", "PAY-1"}));
  Put(OpenBlocker(Key("PAY-1", kOtherTenant)));
  EXPECT_EQ(Latest(Key())->id, second);
}

TEST_P(StoreBlockersTest, ChangesComeBackInTheOrderTheyWereAppended) {
  const int64_t id = Put(OpenBlocker(Key()));
  const int64_t other = Put(OpenBlocker(Key("PAY-2")));
  Append(kTenant, id, Change(5, "first"));
  Append(kTenant, other, Change(6, "another's"));
  Append(kTenant, id, Change(1, "second"));
  EXPECT_THAT(store().ListChanges(kTenant, id),
              IsOkAndHolds(ElementsAre(Change(5, "first"), Change(1, "second"))));
  EXPECT_THAT(store().ListChanges(kTenant, other),
              IsOkAndHolds(ElementsAre(Change(6, "another's"))));
}

TEST_P(StoreBlockersTest, ChangesOfNobodyAreNone) {
  const int64_t id = Put(OpenBlocker(Key()));
  Append(kTenant, id, Change(5, "first"));
  EXPECT_THAT(store().ListChanges(kOtherTenant, id), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().ListChanges(kTenant, id + 1), IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreBlockersTest, NothingHangsOnABlockerThatIsNotThere) {
  const int64_t id = Put(OpenBlocker(Key()));
  EXPECT_THAT(
      store().Transact([&](Transaction& tx) { return tx.AppendChange(kTenant, id + 1, {}); }),
      StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(
      store().Transact([&](Transaction& tx) { return tx.AppendChange(kOtherTenant, id, {}); }),
      StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(
      store().Transact([&](Transaction& tx) { return tx.InsertFeedback(FullFeedback(id + 1)); }),
      StatusIs(absl::StatusCode::kFailedPrecondition));
}

CLEARWAY_ALL_BACKENDS(StoreBlockersTest);

}  // namespace
}  // namespace clearway::testing
