#include "service/classify/swappable_classifier.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tests/testing/fake_classifier.h"

namespace clearway {
namespace {

using ::clearway::testing::FakeClassifier;

TEST(SwappableClassifierTest, TheOneSwappedInJudges) {
  SwappableClassifier classifier(std::make_shared<FakeClassifier>("one"));
  EXPECT_EQ(classifier.Classify(Ticket()).model_version, "one");
  classifier.Swap(std::make_shared<FakeClassifier>("two"));
  EXPECT_EQ(classifier.Classify(Ticket()).model_version, "two");
  EXPECT_EQ(classifier.model_version(), "two");
}

TEST(SwappableClassifierTest, TheOldOneIsLetGoAndItsVersionStaysReadable) {
  auto old = std::make_shared<FakeClassifier>("one");
  const std::weak_ptr<FakeClassifier> watch = old;
  SwappableClassifier classifier(std::move(old));
  const std::string& version = classifier.model_version();
  classifier.Swap(std::make_shared<FakeClassifier>("two"));
  EXPECT_TRUE(watch.expired());
  EXPECT_EQ(version, "one");
}

// Each verdict comes whole from one of the models, however fast they change.
TEST(SwappableClassifierTest, TicketsAreJudgedWhileModelsAreSwapped) {
  SwappableClassifier classifier(std::make_shared<FakeClassifier>("model-0"));
  std::atomic<bool> stop{false};
  std::atomic<int> judged{0};
  std::vector<std::thread> judges;
  for (int i = 0; i < 3; ++i) {
    judges.emplace_back([&] {
      Ticket ticket;
      ticket.description = "waiting for [legal]";
      while (!stop) {
        const Classification verdict = classifier.Classify(ticket);
        EXPECT_EQ(verdict.category, Category::kCrossTeam);
        EXPECT_EQ(verdict.model_version.substr(0, 6), "model-");
        EXPECT_EQ(classifier.model_version().substr(0, 6), "model-");
        ++judged;
      }
    });
  }
  for (int i = 0; i < 2000 || judged < 100; ++i) {
    classifier.Swap(std::make_shared<FakeClassifier>(absl::StrCat("model-", i % 10)));
  }
  stop = true;
  for (std::thread& judge : judges) judge.join();
}

}  // namespace
}  // namespace clearway
