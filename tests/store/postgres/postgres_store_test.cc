#include "service/store/postgres/postgres_store.h"

#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "service/store/group_commit.h"
#include "service/store/postgres/statement.h"
#include "tests/store/part_matchers.h"
#include "tests/store/postgres/cutting_proxy.h"
#include "tests/store/postgres/database.h"
#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PostgresStoreTest : public ::testing::Test {
 protected:
  PostgresStoreTest() : store_(database_.Open()) {}

  absl::Status PutTicket(Store& store, const TicketKey& key = Key()) {
    return store.Transact([&](Transaction& tx) { return tx.PutTicket(key, FullTicket()); });
  }
  int64_t PutBlocker(Store& store, const TicketKey& key = Key()) {
    int64_t id = 0;
    EXPECT_THAT(store.Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(id, tx.PutBlocker(OpenBlocker(key)));
      return absl::OkStatus();
    }),
                IsOk());
    return id;
  }
  // Writes these tickets by one group commit; returns which failed.
  std::vector<std::string> FailedOf(const std::vector<std::string>& keys) {
    std::vector<std::string> failed;
    std::latch answered(static_cast<std::ptrdiff_t>(keys.size()));
    GroupCommit commits(*store_, {});
    for (const std::string& key : keys) {
      commits.Submit(
          nullptr,
          [key](Transaction& tx) -> absl::Status {
            RETURN_IF_ERROR(tx.GetTicket(Key(key)).status());
            RETURN_IF_ERROR(tx.GetLatestBlocker(Key(key)).status());
            return tx.PutTicket(Key(key), FullTicket());
          },
          [&failed, &answered, key](const absl::Status& status) {
            if (!status.ok()) failed.push_back(key);
            answered.count_down();
          },
          {Touch{Key(key), ""}});
    }
    answered.wait();
    return failed;
  }
  // Ends every other session on the database, in the way that a crash or a fail-over does.
  void CutAll(const std::string& before = "") {
    database_.Execute(absl::StrCat(before,
                                   "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                                   "WHERE datname = current_database() AND pid <> "
                                   "pg_backend_pid()"));
  }

  PostgresDatabase database_;
  std::unique_ptr<Store> store_;
};

// Two processes, many threads: every read-modify-write counts.
TEST_F(PostgresStoreTest, ReplicasLoseNoUpdateOfATicketTheyShare) {
  const int64_t id = PutBlocker(*store_);
  constexpr int kReplicas = 3;
  constexpr int kRounds = 40;
  std::vector<std::thread> replicas;
  for (int r = 0; r < kReplicas; ++r) {
    replicas.emplace_back([&, r] {
      const std::unique_ptr<Store> store = database_.Open();
      for (int i = 0; i < kRounds; ++i) {
        EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
          Blocker blocker;
          // By either way in.
          if (r % 2 == 0) {
            ASSIGN_OR_RETURN(blocker, tx.GetBlocker(kTenant, id));
          } else {
            ASSIGN_OR_RETURN(const std::optional<Blocker> latest, tx.GetLatestBlocker(Key()));
            blocker = *latest;
          }
          ++blocker.escalation_level;
          RETURN_IF_ERROR(tx.PutBlocker(blocker).status());
          return tx.AppendChange(kTenant, id, {});
        }),
                    IsOk());
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(store_->GetBlocker(kTenant, id)->escalation_level, kReplicas * kRounds);
  EXPECT_THAT(store_->ListChanges(kTenant, id), IsOkAndHolds(SizeIs(kReplicas * kRounds)));
}

// Each takes several tickets in an order of its own, which would deadlock where each just waited.
TEST_F(PostgresStoreTest, TransactionsOverTheSameTicketsInAnyOrderAllGetThrough) {
  constexpr int kReplicas = 3;
  constexpr int kTickets = 5;
  std::vector<int64_t> ids;
  for (int i = 0; i < kTickets; ++i) ids.push_back(PutBlocker(*store_, Key(absl::StrCat(i))));
  std::vector<std::thread> replicas;
  std::atomic<int> done = 0;
  for (int r = 0; r < kReplicas; ++r) {
    replicas.emplace_back([&, r] {
      PostgresStore::Options options = database_.options();
      options.sleep = absl::SleepFor;
      options.backoff = {absl::Microseconds(100 * (r + 1)), absl::Milliseconds(5)};
      const std::unique_ptr<Store> store = database_.Open(options);
      std::vector<int64_t> order = ids;
      for (int i = 0; i < 20; ++i) {
        std::rotate(order.begin(), order.begin() + 1 + r, order.end());
        const absl::Status status = store->Transact([&](Transaction& tx) -> absl::Status {
          for (const int64_t id : order) {
            ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(kTenant, id));
            ++blocker.escalation_level;
            RETURN_IF_ERROR(tx.PutBlocker(blocker).status());
          }
          return absl::OkStatus();
        });
        // Giving up is fair; half a transaction is not.
        if (status.ok()) {
          ++done;
        } else {
          EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
        }
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_GT(done, 0);
  for (const int64_t id : ids) {
    EXPECT_EQ(store_->GetBlocker(kTenant, id)->escalation_level, done);
  }
}

// What limits messages is read and acted upon by one transaction of the tenant after the other.
TEST_F(PostgresStoreTest, ReplicasThatTellATenantsPeopleTakeTurns) {
  constexpr int kReplicas = 3;
  constexpr int kRounds = 20;
  constexpr int kLimit = 17;
  std::vector<std::thread> replicas;
  for (int r = 0; r < kReplicas; ++r) {
    replicas.emplace_back([&, r] {
      const std::unique_ptr<Store> store = database_.Open();
      for (int i = 0; i < kRounds; ++i) {
        const TicketKey ticket = Key(absl::StrCat(r, "-", i));
        const int64_t blocker = PutBlocker(*store, ticket);
        EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(tx.LockMessages(kTenant));
          ASSIGN_OR_RETURN(const int64_t count, tx.CountMessages(kTenant, At(0), At(100)));
          ASSIGN_OR_RETURN(
              const std::vector<RecentMessage> recent,
              tx.RecentMessages(kTenant, "party/legal", At(0), At(100), kReplicas * kRounds));
          EXPECT_EQ(recent.size(), static_cast<size_t>(count));
          if (count >= kLimit) return absl::OkStatus();
          return tx.InsertEscalation(FullEscalation(blocker, ticket)).status();
        }),
                    IsOk());
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(database_.Value("SELECT count(*) FROM escalations"), absl::StrCat(kLimit));
}

// A round trip for each event of a batch would be most of what ingest takes.
TEST_F(PostgresStoreTest, WhatATenantWasToldIsReadOnceInATransaction) {
  const int64_t blocker = PutBlocker(*store_);
  Escalation escalation = FullEscalation(blocker);
  escalation.create_time = At(10);
  const auto add = [&](Transaction& tx) { return tx.InsertEscalation(escalation).status(); };
  ASSERT_THAT(store_->Transact(add), IsOk());
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.LockMessages(kTenant));
    EXPECT_THAT(tx.CountMessages(kTenant, At(0), At(20)), IsOkAndHolds(1));
    EXPECT_THAT(tx.RecentMessages(kTenant, escalation.recipient, At(0), At(20), 9),
                IsOkAndHolds(SizeIs(1)));
    database_.Execute("DELETE FROM escalations");
    EXPECT_THAT(tx.CountMessages(kTenant, At(1), At(21)), IsOkAndHolds(1));
    EXPECT_THAT(tx.RecentMessages(kTenant, escalation.recipient, At(1), At(21), 9),
                IsOkAndHolds(SizeIs(1)));
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_F(PostgresStoreTest, MoreMessagesThanAreRememberedAreCountedToo) {
  constexpr int kMany = 1100;
  const int64_t blocker = PutBlocker(*store_);
  Escalation escalation = FullEscalation(blocker);
  escalation.create_time = At(10);
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.LockMessages(kTenant));
    for (int i = 0; i < kMany; ++i) RETURN_IF_ERROR(tx.InsertEscalation(escalation).status());
    EXPECT_THAT(tx.CountMessages(kTenant, At(0), At(20)), IsOkAndHolds(kMany));
    EXPECT_THAT(tx.RecentMessages(kTenant, escalation.recipient, At(0), At(20), 2),
                IsOkAndHolds(SizeIs(2)));
    return absl::OkStatus();
  }),
              IsOk());
}

// Two that insert one step at the same time: the second is run again and sees the first's.
TEST_F(PostgresStoreTest, AStepIsInsertedByOneReplicaAlone) {
  const int64_t id = PutBlocker(*store_);
  std::atomic<int> inserted = 0;
  std::vector<std::thread> replicas;
  for (int r = 0; r < 4; ++r) {
    replicas.emplace_back([&] {
      const std::unique_ptr<Store> store = database_.Open();
      bool mine = false;
      EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<TakenStep> told, tx.ListSteps(kTenant, id, 1));
        mine = told.empty();
        return mine ? tx.InsertStep(FullStep(id)) : absl::OkStatus();
      }),
                  IsOk());
      if (mine) ++inserted;
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(inserted, 1);
}

// The same events by two replicas' group commits: each is new to exactly one of them.
TEST_F(PostgresStoreTest, AnEventSentToTwoReplicasIsTakenInOnce) {
  constexpr int kEvents = 200;
  std::atomic<int> fresh = 0;
  std::vector<std::thread> replicas;
  for (int r = 0; r < 2; ++r) {
    replicas.emplace_back([&, r] {
      const std::unique_ptr<Store> store = database_.Open();
      GroupCommit commits(*store, {.max_pending = kEvents, .max_batch = 16});
      std::vector<int> took(kEvents);
      std::latch answered(kEvents);
      for (int n = 0; n < kEvents; ++n) {
        // One from the front, the other from the back; a few tickets in all.
        const int i = r == 0 ? n : kEvents - 1 - n;
        const TicketKey key = Key(absl::StrCat(i % 7));
        const std::string event = absl::StrCat("e", i);
        commits.Submit(
            nullptr,
            [&took, i, key, event](Transaction& tx) -> absl::Status {
              ASSIGN_OR_RETURN(const bool is_fresh, tx.InsertEvent(key, {At(0), i, event}, At(1)));
              took[static_cast<size_t>(i)] = is_fresh ? 1 : 0;
              return tx.PutTicket(key, FullTicket());
            },
            [&answered](const absl::Status& status) {
              EXPECT_THAT(status, IsOk());
              answered.count_down();
            },
            {Touch{key, event}});
      }
      answered.wait();
      fresh += static_cast<int>(std::count(took.begin(), took.end(), 1));
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(fresh, kEvents);
  EXPECT_EQ(database_.Value("SELECT count(*) FROM events"), absl::StrCat(kEvents));
}

// An id is one event's whichever ticket it names, so the tickets' locks do not help here.
TEST_F(PostgresStoreTest, AnEventIdThatAnotherTicketTookMeanwhileIsSeenAsADuplicate) {
  const std::unique_ptr<Store> other = database_.Open();
  int runs = 0;
  std::optional<bool> fresh;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Expect({{Key("A"), "e1"}}));
    RETURN_IF_ERROR(
        tx.GetTicket(Key("A")).status());  // the question about the event is answered too
    if (++runs == 1) {
      EXPECT_THAT(other->Transact([](Transaction& theirs) {
        return theirs.InsertEvent(Key("B"), {At(0), 0, "e1"}, At(0)).status();
      }),
                  IsOk());
    }
    ASSIGN_OR_RETURN(fresh, tx.InsertEvent(Key("A"), {At(0), 0, "e1"}, At(0)));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(fresh, false);
}

TEST_F(PostgresStoreTest, ATicketsLatestBlockerHasTheHighestIdWhoeverMadeIt) {
  const std::unique_ptr<Store> other = database_.Open();
  // Takes several ids at once, of which some are left.
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.PutBlocker(OpenBlocker(Key("A"))).status());
    RETURN_IF_ERROR(tx.PutBlocker(OpenBlocker(Key("A"))).status());
    const int64_t theirs = PutBlocker(*other, Key("B"));
    ASSIGN_OR_RETURN(const int64_t ours, tx.PutBlocker(OpenBlocker(Key("B"))));
    EXPECT_GT(ours, theirs);
    ASSIGN_OR_RETURN(const std::optional<Blocker> latest, tx.GetLatestBlocker(Key("B")));
    EXPECT_EQ(latest->id, ours);
    return absl::OkStatus();
  }),
              IsOk());
}

// Whoever reads on from the last escalation seen must not miss one that took its id early and was
// committed late.
TEST_F(PostgresStoreTest, TheTailOfEscalationsWaitsForLowerIdsUnderWay) {
  const std::unique_ptr<Store> other = database_.Open();
  const int64_t blocker = PutBlocker(*store_, Key("A"));
  const int64_t other_blocker = PutBlocker(*store_, Key("B"));
  int64_t early = 0;
  int64_t late = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(early, tx.InsertEscalation(FullEscalation(blocker, Key("A"))));
    EXPECT_THAT(other->Transact([&](Transaction& theirs) -> absl::Status {
      ASSIGN_OR_RETURN(late, theirs.InsertEscalation(FullEscalation(other_blocker, Key("B"))));
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_LT(early, late);
    EXPECT_THAT(other->EscalationsAfter(kTenant, 0, 10), IsOkAndHolds(IsEmpty()));
    EXPECT_THAT(other->LastEscalationId(), IsOkAndHolds(0));
    EXPECT_THAT(other->ListEscalations(kTenant, 0, {}), IsOkAndHolds(SizeIs(1)));
    return absl::OkStatus();
  }),
              IsOk());
  const auto has_id = [](int64_t id) { return ::testing::Field("id", &Escalation::id, id); };
  EXPECT_THAT(other->EscalationsAfter(kTenant, 0, 10),
              IsOkAndHolds(ElementsAre(has_id(early), has_id(late))));
  EXPECT_THAT(other->LastEscalationId(), IsOkAndHolds(late));
}

TEST_F(PostgresStoreTest, ConnectionsThatWereCutAreMadeAnew) {
  ASSERT_THAT(PutTicket(*store_), IsOk());
  ASSERT_THAT(store_->CheckReady(), IsOk());
  CutAll();
  EXPECT_THAT(store_->GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
  EXPECT_THAT(PutTicket(*store_, Key("B")), IsOk());
  EXPECT_THAT(store_->GetTicket(Key("B")), IsOkAndHolds(Eq(FullTicket())));
}

TEST_F(PostgresStoreTest, WorkCutOffInItsMiddleIsRunAgainWhole) {
  int runs = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    EXPECT_THAT(tx.InsertEvent(Key(), {At(0), 0, "e1"}, At(0)).value_or(true), true);
    if (++runs == 1) CutAll();
    RETURN_IF_ERROR(tx.GetBlocker(kTenant, 1).status().code() == absl::StatusCode::kNotFound
                        ? absl::OkStatus()
                        : absl::UnavailableError("cut"));
    return tx.PutTicket(Key(), FullTicket());
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(database_.Value("SELECT count(*) FROM events"), "1");
}

// The connection dies in the middle of the COMMIT: the server is asked what became of it.
TEST_F(PostgresStoreTest, ACommitThatWasRolledBackUnheardIsRunAgain) {
  database_.Execute(R"(
    CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT last_value FROM blocker_ids) < 2 THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
        PERFORM pg_sleep(1);
      END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON blockers DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION cut())");
  int runs = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    ++runs;
    return tx.PutBlocker(OpenBlocker(Key())).status();
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_THAT(store_->ListBlockers(kTenant, {}, {}), IsOkAndHolds(RowsAre(SizeIs(1))));
}

// The server commits, and the connection dies before it can say so.
TEST_F(PostgresStoreTest, ACommitThatHappenedUnheardIsNotRunAgain) {
  CuttingProxy proxy(database_.server_socket());
  PostgresStore::Options options = database_.options();
  absl::StrAppend(&options.connection.conninfo, " host=", proxy.folder());
  const std::unique_ptr<Store> store = database_.Open(options);
  ASSERT_THAT(PutTicket(*store), IsOk());
  int runs = 0;
  proxy.SwallowNextCommit();
  EXPECT_THAT(store->Transact([&](Transaction& tx) {
    ++runs;
    return tx.PutBlocker(OpenBlocker(Key())).status();
  }),
              IsOk());
  EXPECT_EQ(proxy.swallowed(), 1);
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(store->ListBlockers(kTenant, {}, {}), IsOkAndHolds(RowsAre(SizeIs(1))));
}

// A fault of a write that was not waited for comes out where its own piece of work is blamed.
TEST_F(PostgresStoreTest, AFaultIsBlamedOnThePieceThatMadeIt) {
  database_.Execute("ALTER TABLE tickets ADD CHECK (ticket <> 'bad')");
  EXPECT_THAT(FailedOf({"a", "b", "bad", "c", "d"}), ElementsAre("bad"));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM tickets"), "4");
}

// What is read for a whole batch at once may be damaged for one of it.
TEST_F(PostgresStoreTest, ADamagedBlockerFailsNobodyElse) {
  for (const char* key : {"a", "bad", "c"}) PutBlocker(*store_, Key(key));
  database_.Execute("UPDATE blockers SET category = 99 WHERE ticket = 'bad'");
  EXPECT_THAT(FailedOf({"a", "bad", "c"}), ElementsAre("bad"));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM tickets"), "2");
}

TEST_F(PostgresStoreTest, WorkThatGoesOnRegardlessOfAFaultCommitsNothing) {
  database_.Execute("ALTER TABLE tickets ADD CHECK (ticket <> 'bad')");
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    EXPECT_THAT(tx.PutTicket(Key("good"), FullTicket()), IsOk());
    tx.PutTicket(Key("bad"), FullTicket()).IgnoreError();
    tx.GetBlocker(kTenant, 1).IgnoreError();
    return absl::OkStatus();
  }),
              ::testing::Not(IsOk()));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM tickets"), "0");
}

TEST_F(PostgresStoreTest, PausesGrowAndAreBounded) {
  std::vector<absl::Duration> pauses;
  PostgresStore::Options options = database_.options();
  options.backoff = {absl::Milliseconds(10), absl::Milliseconds(50)};
  options.sleep = [&](absl::Duration pause) { pauses.push_back(pause); };
  std::vector<StoreRetry> causes;
  options.on_retry = [&](StoreRetry cause) { causes.push_back(cause); };
  const std::unique_ptr<Store> store = database_.Open(options);
  EXPECT_THAT(store->Transact([](Transaction&) { return absl::AbortedError("lost"); }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(pauses,
              ElementsAre(absl::Milliseconds(5), absl::Milliseconds(10), absl::Milliseconds(20),
                          absl::Milliseconds(25), absl::Milliseconds(25)));
  EXPECT_THAT(causes,
              ElementsAre(StoreRetry::kLostRace, StoreRetry::kLostRace, StoreRetry::kLostRace,
                          StoreRetry::kLostRace, StoreRetry::kLostRace));
}

TEST_F(PostgresStoreTest, WhatIsDoneAgainIsToldWithItsCause) {
  PostgresStore::Options options = database_.options();
  std::vector<StoreRetry> causes;
  options.on_retry = [&](StoreRetry cause) { causes.push_back(cause); };
  const std::unique_ptr<Store> store = database_.Open(options);
  ASSERT_THAT(store->CheckReady(), IsOk());
  EXPECT_THAT(causes, IsEmpty());
  CutAll();
  // A reader's and the writer's.
  EXPECT_THAT(store->CheckReady(), IsOk());
  EXPECT_THAT(causes, ElementsAre(StoreRetry::kConnection, StoreRetry::kConnection));
  causes.clear();
  CutAll();
  EXPECT_THAT(PutTicket(*store), IsOk());
  EXPECT_THAT(causes, ElementsAre(StoreRetry::kConnection));
  causes.clear();
  database_.Execute("ALTER TABLE tickets ADD CHECK (ticket <> 'bad')");
  EXPECT_THAT(PutTicket(*store, Key("bad")), ::testing::Not(IsOk()));
  EXPECT_THAT(causes, ElementsAre(StoreRetry::kFaultSearch));
}

TEST_F(PostgresStoreTest, AStandbyOrAServerThatIsNotThereIsUnavailable) {
  PostgresStore::Options options = database_.options();
  options.connection.conninfo += " host=/nonexistent";
  SystemRandom random;
  EXPECT_THAT(PostgresStore::Open(options, random), StatusIs(absl::StatusCode::kUnavailable));
  options.readers = 0;
  EXPECT_THAT(PostgresStore::Open(options, random),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("readers")));
}

TEST_F(PostgresStoreTest, ADatabaseThatTakesNoWritesIsNotReady) {
  ASSERT_THAT(store_->CheckReady(), IsOk());
  CutAll(
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET "
      "default_transaction_read_only = on'; END $$;");
  EXPECT_THAT(store_->CheckReady(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(PutTicket(*store_), StatusIs(absl::StatusCode::kUnavailable));
}

// Its rows are not read to the end: the connection they came by is of no more use.
TEST_F(PostgresStoreTest, ADamagedBlockerFailsAReportAndNotTheNext) {
  for (const char* key : {"a", "bad"}) PutBlocker(*store_, Key(key));
  const auto visit = [&] {
    return store_->VisitBlockers(kTenant, "", At(-1), At(1), [](const ReportedBlocker&) {});
  };
  database_.Execute("UPDATE blockers SET category = 99 WHERE ticket = 'bad'");
  for (int i = 0; i < 9; ++i) EXPECT_THAT(visit(), StatusIs(absl::StatusCode::kDataLoss));
  database_.Execute("UPDATE blockers SET category = 1 WHERE ticket = 'bad'");
  EXPECT_THAT(visit(), IsOk());
}

TEST_F(PostgresStoreTest, ADamagedRowIsDataLossForThatTicketAlone) {
  ASSERT_THAT(PutTicket(*store_, Key("good")), IsOk());
  ASSERT_THAT(PutTicket(*store_, Key("bad")), IsOk());
  database_.Execute("UPDATE tickets SET state = '\\xff00ff' WHERE ticket = 'bad'");
  EXPECT_THAT(store_->GetTicket(Key("bad")), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(store_->GetTicket(Key("good")), IsOk());
}

TEST_F(PostgresStoreTest, ANewerSchemaIsRefusedWithWhatToDo) {
  database_.Execute("INSERT INTO clearway_schema (version, name) VALUES (1000, '1000_future')");
  SystemRandom random;
  EXPECT_THAT(PostgresStore::Open(database_.options(), random),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("1000"), HasSubstr("newer"))));
}

}  // namespace
}  // namespace clearway::testing
