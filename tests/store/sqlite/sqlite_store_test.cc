#include "service/store/sqlite/sqlite_store.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "service/store/sqlite/connection.h"
#include "service/store/sqlite/migrations.h"
#include "tests/store/part_matchers.h"
#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;

class SqliteStoreTest : public ::testing::Test {
 protected:
  SqliteStoreTest() { options_.path = dir_.File("clearway.db"); }

  std::unique_ptr<Store> Open() {
    absl::StatusOr<std::unique_ptr<Store>> store = SqliteStore::Open(options_);
    EXPECT_THAT(store, IsOk());
    return store.ok() ? *std::move(store) : nullptr;
  }
  // A connection beside the store's own, as another process would have.
  std::unique_ptr<SqliteConnection> Beside() {
    SqliteConnection::Options options;
    options.path = options_.path;
    options.busy_timeout = absl::ZeroDuration();
    return *SqliteConnection::Open(options);
  }

  TempDir dir_;
  SqliteStore::Options options_;
};

absl::Status PutSample(Transaction& tx) { return tx.PutTicket(Key(), FullTicket()); }

TEST_F(SqliteStoreTest, EverythingIsThereAfterReopening) {
  Blocker blocker = FullBlocker();
  Escalation escalation;
  const BlockerChange change{At(1),
                             "ana",
                             BlockerState::kOpen,
                             BlockerState::kAcknowledged,
                             Category::kCrossTeam,
                             Reason::kTeamDependency,
                             "mine"};
  {
    const std::unique_ptr<Store> store = Open();
    ASSERT_NE(store, nullptr);
    ASSERT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.InsertEvent(Key(), {At(0), 1, "e1"}, At(1)).status());
      RETURN_IF_ERROR(PutSample(tx));
      ASSIGN_OR_RETURN(blocker.id, tx.PutBlocker(blocker));
      RETURN_IF_ERROR(tx.AppendChange(kTenant, blocker.id, change));
      escalation = FullEscalation(blocker.id);
      ASSIGN_OR_RETURN(escalation.id, tx.InsertEscalation(escalation));
      return tx.InsertFeedback(FullFeedback(blocker.id));
    }),
                IsOk());
  }
  const std::unique_ptr<Store> store = Open();
  ASSERT_NE(store, nullptr);
  EXPECT_THAT(store->GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
  EXPECT_THAT(store->GetBlocker(kTenant, blocker.id), IsOkAndHolds(blocker));
  EXPECT_THAT(store->ListChanges(kTenant, blocker.id), IsOkAndHolds(ElementsAre(change)));
  EXPECT_THAT(store->ListEscalations(kTenant, 0, {}), IsOkAndHolds(ElementsAre(escalation)));
  EXPECT_THAT(store->LastEscalationId(), IsOkAndHolds(escalation.id));
  EXPECT_THAT(store->ListFeedback(kTenant, At(0), {}),
              IsOkAndHolds(RowsAre(ElementsAre(FullFeedback(blocker.id)))));
  EXPECT_THAT(store->Transact([](Transaction& tx) {
    EXPECT_THAT(tx.InsertEvent(Key(), {At(0), 1, "e1"}, At(1)), IsOkAndHolds(false));
    return absl::OkStatus();
  }),
              IsOk());
}

// A copy of the files as they lie is what a killed process leaves behind.
TEST_F(SqliteStoreTest, WhatWasCommittedIsInTheFilesBeforeTheStoreCloses) {
  const std::unique_ptr<Store> store = Open();
  ASSERT_NE(store, nullptr);
  ASSERT_THAT(store->Transact(PutSample), IsOk());
  const std::string copy = dir_.File("copy.db");
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::copy_file(options_.path + suffix, copy + suffix);
  }
  SqliteStore::Options options = options_;
  options.path = copy;
  const absl::StatusOr<std::unique_ptr<Store>> after = SqliteStore::Open(options);
  ASSERT_THAT(after, IsOk());
  EXPECT_THAT((*after)->GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
}

// The writer is killed in the middle of its work, again and again; each time all that it was told
// to be committed is there, and the rest is there whole or not at all.
TEST_F(SqliteStoreTest, AKilledWriterLosesNothingThatWasAcknowledged) {
  constexpr int kAcknowledged = 20;
  int first = 0;
  for (int round = 0; round < 3; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t writer = fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
      const absl::StatusOr<std::unique_ptr<Store>> store = SqliteStore::Open(options_);
      for (int i = first; store.ok(); ++i) {
        const absl::Status status = (*store)->Transact([&](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(tx.InsertEvent(Key(), {At(0), 0, absl::StrCat(i)}, At(0)).status());
          return tx.PutTicket(Key(absl::StrCat(i)), FullTicket());
        });
        if (!status.ok() || write(pipe_ends[1], &i, sizeof(i)) != sizeof(i)) break;
      }
      _exit(1);
    }
    close(pipe_ends[1]);
    int acknowledged = first - 1;
    for (int i = 0; i < kAcknowledged; ++i) {
      ASSERT_EQ(read(pipe_ends[0], &acknowledged, sizeof(acknowledged)), sizeof(acknowledged));
    }
    ASSERT_EQ(kill(writer, SIGKILL), 0);
    ASSERT_EQ(waitpid(writer, nullptr, 0), writer);
    // What it said before the signal reached it counts too.
    while (read(pipe_ends[0], &acknowledged, sizeof(acknowledged)) == sizeof(acknowledged)) {
    }
    close(pipe_ends[0]);

    const std::unique_ptr<Store> store = Open();
    ASSERT_NE(store, nullptr);
    for (int i = 0;; ++i) {
      const bool has_ticket = store->GetTicket(Key(absl::StrCat(i)))->has_value();
      bool has_event = false;
      EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
        has_event = !tx.InsertEvent(Key(), {At(0), 0, absl::StrCat(i)}, At(0)).value_or(true);
        return absl::CancelledError("only looking");
      }),
                  StatusIs(absl::StatusCode::kCancelled));
      EXPECT_EQ(has_event, has_ticket) << i;
      EXPECT_TRUE(has_ticket || i > acknowledged) << i;
      first = i;
      if (!has_ticket) break;
    }
  }
}

TEST_F(SqliteStoreTest, TheFileIsInWalModeAndSyncsEveryCommit) {
  const std::unique_ptr<Store> store = Open();
  ASSERT_THAT(store->Transact(PutSample), IsOk());
  EXPECT_TRUE(std::filesystem::exists(options_.path + "-wal"));
  const std::unique_ptr<SqliteConnection> beside = Beside();
  const auto pragma = [&](const char* name) {
    absl::StatusOr<SqliteStatement> statement = beside->Prepare(absl::StrCat("PRAGMA ", name));
    EXPECT_THAT(statement->Step(), IsOkAndHolds(true));
    return statement->Text(0);
  };
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("synchronous"), "2");
  EXPECT_EQ(pragma("foreign_keys"), "1");
}

TEST_F(SqliteStoreTest, AClosedStoreLeavesOneFile) {
  ASSERT_THAT(Open()->Transact(PutSample), IsOk());
  EXPECT_FALSE(std::filesystem::exists(options_.path + "-wal"));
}

TEST_F(SqliteStoreTest, ReadsGoOnBesideAWriter) {
  const std::unique_ptr<Store> store = Open();
  const std::unique_ptr<SqliteConnection> beside = Beside();
  ASSERT_THAT(store->Transact(PutSample), IsOk());
  ASSERT_THAT(beside->Execute("BEGIN IMMEDIATE; DELETE FROM tickets"), IsOk());
  EXPECT_THAT(store->GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
}

TEST_F(SqliteStoreTest, AnotherProcesssLockMakesWritesUnavailableUntilItGoes) {
  options_.busy_timeout = absl::Milliseconds(1);
  const std::unique_ptr<Store> store = Open();
  const std::unique_ptr<SqliteConnection> beside = Beside();
  ASSERT_THAT(beside->Execute("BEGIN IMMEDIATE"), IsOk());
  EXPECT_THAT(store->Transact(PutSample), StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_THAT(beside->Execute("ROLLBACK"), IsOk());
  EXPECT_THAT(store->Transact(PutSample), IsOk());
}

TEST_F(SqliteStoreTest, AReadThatTakesTooLongIsGivenUp) {
  std::unique_ptr<Store> store = Open();
  ASSERT_THAT(store->Transact([](Transaction& tx) -> absl::Status {
    for (int i = 0; i < 2000; ++i) {
      RETURN_IF_ERROR(tx.PutBlocker(OpenBlocker(Key(absl::StrCat(i)))).status());
    }
    return absl::OkStatus();
  }),
              IsOk());
  const auto visit_all = [&store] {
    return store->VisitBlockers(kTenant, "", At(-1), At(1), [](const ReportedBlocker&) {});
  };
  EXPECT_THAT(visit_all(), IsOk());
  store.reset();
  options_.read_timeout = absl::ZeroDuration();
  store = Open();
  EXPECT_THAT(visit_all(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(store->Transact(PutSample), IsOk()) << "writes have no such limit";
}

TEST_F(SqliteStoreTest, AFileThatKeepsTheRoomOfWhatIsDeletedIsToldOfUntilItIsMended) {
  std::vector<std::string> told;
  options_.warn = [&told](const std::string& what) { told.push_back(what); };
  // As made before that was set.
  ASSERT_THAT(MigrateSqlite(*Beside(), SqliteSchema()), IsOk());
  ASSERT_NE(Open(), nullptr);
  EXPECT_THAT(told, ElementsAre(AllOf(HasSubstr(options_.path), HasSubstr("VACUUM"))));
  told.clear();
  ASSERT_THAT(Beside()->Execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM"), IsOk());
  ASSERT_NE(Open(), nullptr);
  EXPECT_THAT(told, ::testing::IsEmpty());
  options_.path = dir_.File("new.db");
  ASSERT_NE(Open(), nullptr);
  EXPECT_THAT(told, ::testing::IsEmpty());
}

TEST_F(SqliteStoreTest, BadOptionsAreRefused) {
  options_.readers = 0;
  EXPECT_THAT(SqliteStore::Open(options_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("readers")));
  options_.readers = 1;
  options_.path = "";
  EXPECT_THAT(SqliteStore::Open(options_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("path")));
}

TEST_F(SqliteStoreTest, AMissingFolderIsUnavailableAndNamed) {
  options_.path = dir_.File("nowhere/clearway.db");
  EXPECT_THAT(SqliteStore::Open(options_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(options_.path)));
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsDataLossAndLeftAlone) {
  const std::string text(5000, 'n');
  std::ofstream(options_.path) << text;
  EXPECT_THAT(SqliteStore::Open(options_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(options_.path)));
  EXPECT_EQ(std::filesystem::file_size(options_.path), text.size());
}

TEST_F(SqliteStoreTest, ADamagedFileIsDataLoss) {
  ASSERT_THAT(Open()->Transact(PutSample), IsOk());
  {
    std::fstream file(options_.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file << std::string(60000, '\xff');
  }
  EXPECT_THAT(SqliteStore::Open(options_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(options_.path)));
}

TEST_F(SqliteStoreTest, ADamagedRowIsDataLossForThatTicketAlone) {
  const std::unique_ptr<Store> store = Open();
  ASSERT_THAT(store->Transact([](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.PutTicket(Key("good"), FullTicket()));
    return tx.PutTicket(Key("bad"), FullTicket());
  }),
              IsOk());
  ASSERT_THAT(Beside()->Execute("UPDATE tickets SET state = x'ff00ff' WHERE ticket = 'bad'"),
              IsOk());
  EXPECT_THAT(store->GetTicket(Key("bad")), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(store->GetTicket(Key("good")), IsOk());
  EXPECT_THAT(store->Transact([](Transaction& tx) { return tx.GetTicket(Key("bad")).status(); }),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(SqliteStoreTest, ABlockerWithUnknownNumbersIsDataLoss) {
  const std::unique_ptr<Store> store = Open();
  int64_t id = 0;
  ASSERT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(id, tx.PutBlocker(OpenBlocker(Key())));
    return absl::OkStatus();
  }),
              IsOk());
  for (const char* damage : {"category = 99", "reason = -1", "priority = 6", "secondary = 1000000",
                             "state = 7", "past_spells = '[['"}) {
    ASSERT_THAT(Beside()->Execute(absl::StrCat("UPDATE blockers SET category = 5, reason = 1, "
                                               "priority = 0, secondary = 0, past_spells = '[]', "
                                               "state = 1; UPDATE blockers SET ",
                                               damage)),
                IsOk());
    EXPECT_THAT(store->GetBlocker(kTenant, id), StatusIs(absl::StatusCode::kDataLoss)) << damage;
  }
}

TEST_F(SqliteStoreTest, ANewerSchemaIsRefusedWithWhatToDo) {
  ASSERT_NE(Open(), nullptr);
  ASSERT_THAT(Beside()->Execute("PRAGMA user_version = 1000"), IsOk());
  EXPECT_THAT(SqliteStore::Open(options_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(options_.path), HasSubstr("1000"), HasSubstr("newer"))));
}

TEST_F(SqliteStoreTest, AnotherProgramsDatabaseIsRefusedAndNotEvenPutIntoWalMode) {
  ASSERT_THAT(Beside()->Execute("CREATE TABLE bookmarks (url TEXT)"), IsOk());
  EXPECT_THAT(SqliteStore::Open(options_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(options_.path)));
  absl::StatusOr<SqliteStatement> mode = Beside()->Prepare("PRAGMA journal_mode");
  ASSERT_THAT(mode->Step(), IsOkAndHolds(true));
  EXPECT_EQ(mode->Text(0), "delete");
}

TEST_F(SqliteStoreTest, StoresInMemoryAreApart) {
  options_.path = ":memory:";
  const std::unique_ptr<Store> first = Open();
  const std::unique_ptr<Store> second = Open();
  ASSERT_THAT(first->Transact(PutSample), IsOk());
  EXPECT_THAT(second->GetTicket(Key()), IsOkAndHolds(Eq(std::nullopt)));
}

}  // namespace
}  // namespace clearway::testing
