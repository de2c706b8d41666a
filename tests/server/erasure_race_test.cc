// A text is erased through one replica while events that bring it come in through another.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/registry.h"

#include "service/base/status_macros.h"
#include "service/intake/intake.h"
#include "service/server/erasing.h"
#include "service/store/group_commit.h"
#include "tests/store/postgres/database.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::IsOkAndHolds;

constexpr int kRounds = 40;
// Of one transaction.
constexpr int kEvents = 12;
constexpr auto kPatience = std::chrono::seconds(30);

class ErasureRaceTest : public ::testing::TestWithParam<ErasureKind> {
 protected:
  // Each round has a tenant of its own, so that the first erasure of a tenant is met each time.
  static std::string Tenant(int round) { return absl::StrCat("tenant-", round); }
  static TicketKey Key(int round, int number) {
    return {Tenant(round), "jira", absl::StrCat("PAY-", number)};
  }

  // Eve's comment on the ticket.
  TicketEvent Event(int round, int number) {
    TicketEvent event;
    event.tenant = Tenant(round);
    event.source = "jira";
    event.version = {clock_.Now() - absl::Hours(1), 1, absl::StrCat("e-", number)};
    event.ticket.key = Key(round, number).key;
    event.ticket.title = "Release payments";
    const absl::Time written = clock_.Now() - absl::Hours(2);
    event.ticket.comments.push_back({"1", "eve", "eve's secret", written, written});
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    return event;
  }
  Erasure Wanted(int round, int number) {
    Erasure wanted;
    wanted.tenant = Tenant(round);
    wanted.kind = GetParam();
    wanted.actor = "ann";
    wanted.subject = wanted.kind == ErasureKind::kAuthor ? AuthorSubject(wanted.tenant, "eve")
                                                         : TicketSubject(Key(round, number));
    return wanted;
  }

  // Whether whoever erases waits for those that began without knowing of it.
  bool EraserWaits() {
    return database_.Value(
               "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = "
               "(SELECT oid FROM pg_database WHERE datname = current_database())") != "0";
  }

  testing::PostgresDatabase database_;
  testing::FakeClock clock_;
  const testing::FakeClassifier classifier_;
  const CurrentPlanner planner_{testing::TwoStepPlanner()};
  const Intake intake_{classifier_, planner_, clock_, absl::Hours(24)};
  prometheus::Registry registry_;
  RetentionMetrics metrics_{registry_};
  const std::unique_ptr<Store> here_ = database_.Open();
  const std::unique_ptr<Store> there_ = database_.Open();
  GroupCommit commits_{*here_, {}};
  Erasing erasing_{*here_, commits_, clock_, metrics_};
};

// The erasure begins at any point of a transaction of events; in half of the rounds that goes on as
// soon as it may, in the others only when the erasure is done or waits for it.
TEST_P(ErasureRaceTest, NoTextComesBackThroughAnotherReplica) {
  std::mt19937 random(23);
  for (int round = 0; round < kRounds; ++round) {
    const int begin_at = static_cast<int>(random() % kEvents);
    const bool wait = round % 2 == 0;
    std::promise<void> begun;
    std::atomic<bool> first{true};
    std::future<absl::StatusOr<Erasure>> erased = std::async(std::launch::async, [&] {
      begun.get_future().wait_for(kPatience);
      return erasing_.Erase(Wanted(round, begin_at));
    });
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    ASSERT_THAT(there_->Transact([&](Transaction& tx) -> absl::Status {
      for (int i = 0; i < kEvents; ++i) {
        RETURN_IF_ERROR(intake_.Apply(Event(round, i), std::nullopt, tx).status());
        if (i != begin_at || !first.exchange(false)) continue;
        begun.set_value();
        while (wait && !EraserWaits() && std::chrono::steady_clock::now() < deadline) {
          if (erased.wait_for(std::chrono::seconds(0)) == std::future_status::ready) break;
        }
      }
      return absl::OkStatus();
    }),
                IsOk());
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nobody got any further";
    const absl::StatusOr<Erasure> record = erased.get();
    ASSERT_THAT(record, IsOk()) << "round " << round;
    const TextEraser eraser = TextEraser::OfIncoming(*record);
    for (int i = 0; i < kEvents; ++i) {
      if (GetParam() == ErasureKind::kTicket && i != begin_at) continue;
      ASSERT_THAT(there_->CountTexts(Key(round, i), eraser), IsOkAndHolds(0))
          << "ticket " << i << " of round " << round;
    }
  }
}

std::string Name(const ::testing::TestParamInfo<ErasureKind>& info) {
  return info.param == ErasureKind::kAuthor ? "Author" : "Ticket";
}
INSTANTIATE_TEST_SUITE_P(All, ErasureRaceTest,
                         ::testing::Values(ErasureKind::kAuthor, ErasureKind::kTicket), Name);

}  // namespace
}  // namespace clearway
