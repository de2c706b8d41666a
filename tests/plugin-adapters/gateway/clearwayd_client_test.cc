#include "plugin-adapters/gateway/clearwayd_client.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

#include "tests/plugin-adapters/gateway/fakes.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using testing::FakeClearwayd;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

// Nobody listens there.
constexpr char kNowhere[] = "127.0.0.1:1";

std::vector<v1::TicketEvent> Events(const std::vector<std::string>& keys) {
  std::vector<v1::TicketEvent> events;
  for (const std::string& key : keys) events.emplace_back().mutable_ticket()->set_key(key);
  return events;
}

TEST(ClearwaydClientTest, AnswersComeInTheOrderOfTheEvents) {
  FakeClearwayd clearwayd;
  clearwayd.Answer([](const v1::TicketEvent& event, v1::IngestTicketEventResponse* response) {
    response->mutable_blocker()->set_ticket(event.ticket().key());
    return grpc::Status::OK;
  });
  ClearwaydClient client({clearwayd.address(), absl::Seconds(20), 1});
  const ClearwaydClient::Ingested ingested = client.Ingest(Events({"A-1", "A-2"}));
  ASSERT_THAT(ingested.status, IsOk());
  ASSERT_THAT(ingested.answers, SizeIs(2));
  EXPECT_EQ(ingested.answers[0].blocker().ticket(), "A-1");
  EXPECT_EQ(ingested.answers[1].blocker().ticket(), "A-2");
}

TEST(ClearwaydClientTest, AWaiterGivesUpAtItsDeadline) {
  ClearwaydClient client({kNowhere, absl::Milliseconds(50), 1});
  EXPECT_THAT(client.Ingest(Events({"A-1"})).status, StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(ClearwaydClientTest, BeyondTheWaitersAnAbsenceIsToldBeforeTheDeadline) {
  ClearwaydClient client({kNowhere, absl::Minutes(10), 0});
  EXPECT_THAT(client.Ingest(Events({"A-1"})).status, StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ClearwaydClientTest, OnlySayingServingIsServing) {
  FakeClearwayd clearwayd;
  ClearwaydClient client({clearwayd.address(), absl::Seconds(20), 1});
  EXPECT_THAT(client.CheckServing(), IsOk());
  clearwayd.SetServing(false);
  EXPECT_THAT(client.CheckServing(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not serving")));
  ClearwaydClient nobody({kNowhere, absl::Seconds(20), 1});
  EXPECT_THAT(nobody.CheckServing(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ClearwaydClientTest, WhatNoRepeatingCanMendIsPermanent) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "");
    const bool permanent = absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
                           absl::IsOutOfRange(status) || absl::IsFailedPrecondition(status);
    EXPECT_EQ(IsPermanent(status), permanent) << status;
  }
}

}  // namespace
}  // namespace clearway
