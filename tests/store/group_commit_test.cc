#include "service/store/group_commit.h"

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/store/sqlite/sqlite_store.h"
#include "tests/store/samples.h"
#include "tests/store/transact_only_store.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;

GroupCommit::Precheck Fine() {
  return [] { return absl::OkStatus(); };
}

// Writes a ticket of this key.
GroupCommit::Work Write(const std::string& key) {
  return [key](Transaction& tx) { return tx.PutTicket(Key(key), FullTicket()); };
}

GroupCommit::Work Fail(absl::StatusCode code) {
  return [code](Transaction& tx) {
    EXPECT_THAT(tx.PutTicket(Key("never"), FullTicket()), IsOk());
    return absl::Status(code, "the work's own fault");
  };
}

class GroupCommitTest : public ::testing::Test {
 protected:
  GroupCommitTest() {
    SqliteStore::Options options;
    options.path = ":memory:";
    database_ = *SqliteStore::Open(options);
  }
  // A test that gave up early must not leave the writer waiting.
  ~GroupCommitTest() override {
    if (held_) gate_.set_value();
  }

  void Start(const GroupCommit::Options& options = {}) {
    commits_ = std::make_unique<GroupCommit>(store_, options);
  }

  // Keeps the writer busy in a transaction until Release, so that what is submitted meanwhile
  // arrives together.
  void Hold() {
    held_ = true;
    std::promise<void> entered;
    commits_->Submit(
        Fine(),
        [this, &entered](Transaction&) {
          entered.set_value();
          gate_.get_future().wait();
          return absl::OkStatus();
        },
        [](const absl::Status&) {});
    entered.get_future().wait();
  }
  void Release() {
    held_ = false;
    gate_.set_value();
  }

  void Submit(const std::string& name, GroupCommit::Work work,
              GroupCommit::Precheck precheck = Fine()) {
    commits_->Submit(
        std::move(precheck), std::move(work), [this, name](const absl::Status& status) {
          const std::lock_guard<std::mutex> lock(mutex_);
          EXPECT_TRUE(answers_.emplace(name, status).second) << name << " was answered twice";
        });
  }

  // Waits for all answers.
  std::map<std::string, absl::Status> Answers() {
    commits_->Shutdown();
    const std::lock_guard<std::mutex> lock(mutex_);
    return answers_;
  }

  bool IsStored(const std::string& key) { return database_->GetTicket(Key(key))->has_value(); }

  std::unique_ptr<Store> database_;
  std::atomic<int> transactions_ = 0;
  // When set, a transaction's commit fails with it.
  absl::Status commit_status_;
  TransactOnlyStore store_{[this](TransactionWork work) {
    ++transactions_;
    return database_->Transact([&](Transaction& tx) -> absl::Status {
      absl::Status status = work(tx);
      return status.ok() ? commit_status_ : status;
    });
  }};
  std::promise<void> gate_;
  bool held_ = false;
  std::mutex mutex_;
  std::map<std::string, absl::Status> answers_;
  std::unique_ptr<GroupCommit> commits_;
};

TEST_F(GroupCommitTest, WorkIsCommittedWhenItIsAnswered) {
  Start();
  bool stored = false;
  commits_->Submit(Fine(), Write("A"), [&](const absl::Status& status) {
    EXPECT_THAT(status, IsOk());
    stored = IsStored("A");
  });
  commits_->Shutdown();
  EXPECT_TRUE(stored);
}

TEST_F(GroupCommitTest, WhatArrivesTogetherIsOneTransaction) {
  Start();
  Hold();
  for (int i = 0; i < 20; ++i) Submit(absl::StrCat(i), Write(absl::StrCat(i)));
  Release();
  for (const auto& [name, status] : Answers()) EXPECT_THAT(status, IsOk()) << name;
  EXPECT_EQ(transactions_, 2);
  EXPECT_TRUE(IsStored("0"));
  EXPECT_TRUE(IsStored("19"));
}

TEST_F(GroupCommitTest, ATransactionHoldsAtMostABatch) {
  GroupCommit::Options options;
  options.max_batch = 4;
  Start(options);
  Hold();
  for (int i = 0; i < 10; ++i) Submit(absl::StrCat(i), Write(absl::StrCat(i)));
  Release();
  EXPECT_EQ(Answers().size(), 10u);
  EXPECT_EQ(transactions_, 1 + 3);
}

TEST_F(GroupCommitTest, WorkIsRunInTheOrderItCame) {
  Start();
  Hold();
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) {
    Submit(absl::StrCat(i), [&order, i](Transaction&) {
      order.push_back(i);
      return absl::OkStatus();
    });
  }
  Release();
  Answers();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(GroupCommitTest, WhatItsPrecheckRefusesIsNotRun) {
  Start();
  Hold();
  Submit("before", Write("before"));
  Submit("late", Write("late"), [] { return absl::DeadlineExceededError("late"); });
  Submit("after", Write("after"));
  Submit("unchecked", Write("unchecked"), nullptr);
  Release();
  auto answers = Answers();
  EXPECT_THAT(answers["before"], IsOk());
  EXPECT_THAT(answers["late"], StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(answers["after"], IsOk());
  EXPECT_THAT(answers["unchecked"], IsOk());
  EXPECT_FALSE(IsStored("late"));
  EXPECT_TRUE(IsStored("after"));
  EXPECT_EQ(transactions_, 2);
}

TEST_F(GroupCommitTest, ABatchOfRefusedWorkOpensNoTransaction) {
  Start();
  Submit("late", Write("late"), [] { return absl::CancelledError("gone"); });
  EXPECT_THAT(Answers()["late"], StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(transactions_, 0);
}

TEST_F(GroupCommitTest, AFailureHarmsNobodyElse) {
  Start();
  Hold();
  Submit("a", Write("a"));
  Submit("bad", Fail(absl::StatusCode::kNotFound));
  Submit("b", Write("b"));
  Submit("c", Write("c"));
  Submit("worse", Fail(absl::StatusCode::kInternal));
  Release();
  auto answers = Answers();
  EXPECT_THAT(answers["bad"], StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(answers["worse"], StatusIs(absl::StatusCode::kInternal));
  for (const char* good : {"a", "b", "c"}) {
    EXPECT_THAT(answers[good], IsOk());
    EXPECT_TRUE(IsStored(good));
  }
  EXPECT_FALSE(IsStored("never"));
}

TEST_F(GroupCommitTest, ABatchOfFailuresIsAnsweredOneByOne) {
  Start();
  Hold();
  for (int i = 0; i < 5; ++i) Submit(absl::StrCat(i), Fail(absl::StatusCode::kNotFound));
  Release();
  auto answers = Answers();
  EXPECT_EQ(answers.size(), 5u);
  for (const auto& [name, status] : answers) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound)) << name;
  }
  EXPECT_EQ(transactions_, 1 + 5);
}

// A piece may stumble over what another one left in the same transaction; alone it is fine.
TEST_F(GroupCommitTest, AFailureThatACompanionCausedIsNotHandedOut) {
  Start();
  Hold();
  int runs = 0;
  Submit("first", Write("first"));
  Submit("second", [&runs](Transaction& tx) -> absl::Status {
    if (++runs == 1) return absl::InternalError("in each other's way");
    return Write("second")(tx);
  });
  Release();
  EXPECT_THAT(Answers()["second"], IsOk());
  EXPECT_TRUE(IsStored("first"));
  EXPECT_TRUE(IsStored("second"));
}

TEST_F(GroupCommitTest, WhenTheStoreFailsEverybodyIsToldAtOnce) {
  Start();
  Hold();
  for (int i = 0; i < 8; ++i) Submit(absl::StrCat(i), Write(absl::StrCat(i)));
  Submit("late", Write("late"), [] { return absl::CancelledError("gone"); });
  commit_status_ = absl::DataLossError("the disk");
  Release();
  auto answers = Answers();
  EXPECT_THAT(answers["late"], StatusIs(absl::StatusCode::kCancelled));
  answers.erase("late");
  for (const auto& [name, status] : answers) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss)) << name;
  }
  EXPECT_EQ(transactions_, 2);
}

TEST_F(GroupCommitTest, WorkThatFindsTheStoreUnavailableSpeaksForItsBatch) {
  Start();
  Hold();
  Submit("a", Write("a"));
  Submit("full", Fail(absl::StatusCode::kUnavailable));
  Submit("b", Write("b"));
  Release();
  auto answers = Answers();
  EXPECT_EQ(answers.size(), 3u);
  for (const auto& [name, status] : answers) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable)) << name;
  }
  EXPECT_EQ(transactions_, 2);
  EXPECT_FALSE(IsStored("a"));
}

TEST_F(GroupCommitTest, TooMuchWaitingIsRefusedOnTheCallersThread) {
  GroupCommit::Options options;
  options.max_pending = 2;
  Start(options);
  Hold();
  Submit("1", Write("1"));
  Submit("2", Write("2"));
  std::thread::id answered_on;
  commits_->Submit(Fine(), Write("3"), [&](const absl::Status& status) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
    answered_on = std::this_thread::get_id();
  });
  EXPECT_EQ(answered_on, std::this_thread::get_id());
  Release();
  EXPECT_EQ(Answers().size(), 2u);
  EXPECT_FALSE(IsStored("3"));
}

TEST_F(GroupCommitTest, ShutdownFinishesWhatWasAcceptedAndRefusesTheRest) {
  Start();
  Hold();
  for (int i = 0; i < 3; ++i) Submit(absl::StrCat(i), Write(absl::StrCat(i)));
  std::thread first([this] { commits_->Shutdown(); });
  std::thread second([this] { commits_->Shutdown(); });
  Release();
  first.join();
  second.join();
  Submit("late", Write("late"));
  auto answers = Answers();
  EXPECT_EQ(answers.size(), 4u);
  EXPECT_THAT(answers["late"], StatusIs(absl::StatusCode::kUnavailable));
  answers.erase("late");
  for (const auto& [name, status] : answers) EXPECT_THAT(status, IsOk()) << name;
}

TEST_F(GroupCommitTest, TheDestructorFinishesWhatWasAccepted) {
  Start();
  Hold();
  Submit("a", Write("a"));
  Release();
  commits_.reset();
  EXPECT_TRUE(IsStored("a"));
}

// A piece that touches many tickets counts as many: a store holds a lock for each.
TEST(GroupCommitTouchTest, TicketsToBeTouchedBoundABatch) {
  int transactions = 0;
  TransactOnlyStore store([&](TransactionWork) {
    ++transactions;
    return absl::OkStatus();
  });
  std::promise<void> gate;
  std::promise<void> entered;
  GroupCommit commits(store, {.max_pending = 100, .max_batch = 4});
  const std::vector<Touch> three(3, Touch{Key(), ""});
  std::atomic<int> answered = 0;
  commits.Submit(
      [&entered, opened = std::make_shared<std::future<void>>(gate.get_future())] {
        entered.set_value();
        opened->wait();
        return absl::OkStatus();
      },
      [](Transaction&) { return absl::OkStatus(); }, [&](absl::Status) { ++answered; }, {});
  // So that the first is a batch by itself.
  entered.get_future().wait();
  const std::vector<Touch> one(1, Touch{Key(), ""});
  const std::vector<Touch> nine(9, Touch{Key(), ""});
  for (const std::vector<Touch>& touches : {three, one, three, three, nine}) {
    commits.Submit(
        nullptr, [](Transaction&) { return absl::OkStatus(); }, [&](absl::Status) { ++answered; },
        touches);
  }
  gate.set_value();
  commits.Shutdown();
  EXPECT_EQ(answered, 6);
  // The first by itself; 3 + 1; 3; 3; 9.
  EXPECT_EQ(transactions, 5);
}

TEST_F(GroupCommitTest, ManyThreadsGetOneAnswerEach) {
  GroupCommit::Options options;
  options.max_batch = 16;
  Start(options);
  constexpr int kThreads = 8;
  constexpr int kEach = 100;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = absl::StrCat(t, "-", i);
        if (i % 10 == 3) {
          Submit("bad-" + name, Fail(absl::StatusCode::kNotFound));
        } else if (i % 10 == 7) {
          Submit("late-" + name, Write("never"), [] { return absl::CancelledError("late"); });
        } else {
          Submit(name, Write(name));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto answers = Answers();
  EXPECT_EQ(answers.size(), static_cast<size_t>(kThreads * kEach));
  for (const auto& [name, status] : answers) {
    if (absl::StartsWith(name, "bad")) {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound)) << name;
    } else if (absl::StartsWith(name, "late")) {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled)) << name;
    } else {
      EXPECT_THAT(status, IsOk()) << name;
      EXPECT_TRUE(IsStored(name)) << name;
    }
  }
  EXPECT_FALSE(IsStored("never"));
}

}  // namespace
}  // namespace clearway::testing
