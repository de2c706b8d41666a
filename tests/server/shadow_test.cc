#include "service/server/shadow.h"

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

// Holds every ticket to be free.
class EasyGoingClassifier final : public Classifier {
 public:
  Classification Classify(const Ticket& /*ticket*/) const override { return {}; }
  const std::string& model_version() const override { return version_; }

 private:
  const std::string version_ = "easy-1";
};

class ShadowTest : public testing::ServerFixture {
 protected:
  void UseShadow() {
    on_disk_->shadow = std::make_shared<EasyGoingClassifier>();
    ASSERT_TRUE(models_.Reload().ok());
  }
  // What was compared, once all of it was.
  std::optional<double> Compared(const std::string& live, const std::string& shadow) {
    server_->Drain(absl::ZeroDuration());
    return Metric("clearway_shadow_classifications_total", {{"live", live}, {"shadow", shadow}});
  }
};

TEST_F(ShadowTest, DifferencesAreCountedAndSeenNowhereElse) {
  UseShadow();
  const v1::IngestTicketEventResponse stuck = Ingested(Event("e1", "waiting for [legal]"));
  EXPECT_EQ(stuck.classification().model_version(), "fake-1");
  EXPECT_EQ(stuck.blocker().category(), v1::CATEGORY_CROSS_TEAM);
  Ingested(Event("e2", "fine", 10));
  Ingested(Event("e2", "fine", 10));
  EXPECT_EQ(Compared("CROSS_TEAM", "NOT_BLOCKED"), 1);
  EXPECT_EQ(Compared("NOT_BLOCKED", "NOT_BLOCKED"), 1) << "a duplicate is judged by neither";
  EXPECT_EQ((*store_->GetTicket({"acme", "jira", "PAY-1"}))->classification->model_version,
            "fake-1");
}

TEST_F(ShadowTest, WithoutOneNothingIsCompared) {
  Ingested(Event("e1", "waiting for [legal]"));
  EXPECT_EQ(Compared("CROSS_TEAM", "CROSS_TEAM"), 0);
  EXPECT_EQ(Compared("CROSS_TEAM", "NOT_BLOCKED"), 0);
}

TEST_F(ShadowTest, WhatItCannotKeepUpWithIsDroppedAndCounted) {
  UseShadow();
  prometheus::Registry registry;
  Shadow shadow(models_, registry);
  shadow.Shutdown();
  shadow.Compare(Ticket(), Category::kNotBlocked);
  EXPECT_EQ(testing::MetricValue(registry, "clearway_shadow_dropped_total"), 1);
}

}  // namespace
}  // namespace clearway
