#include "service/server/status_util.h"

#include <sstream>

#include "absl/strings/cord.h"
#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

#include "service/server/field_violations.h"
#include "tests/testing/fake_clock.h"

namespace clearway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StatusUtilTest : public ::testing::Test {
 protected:
  grpc::Status Convert(const absl::Status& status) { return ToGrpcStatus(status, log_); }

  std::ostringstream log_text_;
  testing::FakeClock clock_;
  Logger log_{log_text_, clock_};
};

TEST_F(StatusUtilTest, EveryCodeKeepsItsNumber) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "text");
    EXPECT_EQ(static_cast<int>(Convert(status).error_code()), code);
  }
}

TEST_F(StatusUtilTest, CodeFromNowhereIsUnknown) {
  EXPECT_EQ(Convert(absl::Status(static_cast<absl::StatusCode>(99), "x")).error_code(),
            grpc::StatusCode::UNKNOWN);
}

TEST_F(StatusUtilTest, WhatTheCallerCanMendIsSaid) {
  EXPECT_EQ(Convert(absl::NotFoundError("no blocker 7")).error_message(), "no blocker 7");
  EXPECT_THAT(log_text_.str(), IsEmpty());
}

TEST_F(StatusUtilTest, OurInsidesAreLoggedAndNotTold) {
  for (const auto code :
       {absl::StatusCode::kInternal, absl::StatusCode::kDataLoss, absl::StatusCode::kUnknown}) {
    absl::Status status(code, "table blockers is gone");
    status.SetPayload("type.example/secret", absl::Cord("secret"));
    log_text_.str("");
    const grpc::Status outside = Convert(status);
    EXPECT_THAT(outside.error_message(), Not(HasSubstr("table")));
    EXPECT_THAT(outside.error_details(), IsEmpty());
    EXPECT_THAT(log_text_.str(), HasSubstr("table blockers is gone"));
  }
}

TEST_F(StatusUtilTest, LongMessageIsCutAtABoundary) {
  EXPECT_EQ(Convert(absl::NotFoundError(std::string(1024, 'x'))).error_message().size(), 1024U);
  EXPECT_EQ(Convert(absl::NotFoundError(std::string(1025, 'x'))).error_message().size(), 1024U);
  std::string chinese = "x";
  while (chinese.size() < 2000) chinese += "法";  // three bytes; 1 + 341 * 3 is 1024
  EXPECT_TRUE(Convert(absl::NotFoundError(chinese)).error_message() == chinese.substr(0, 1024));
  const std::string shifted = "y" + chinese;
  EXPECT_TRUE(Convert(absl::NotFoundError(shifted)).error_message() == shifted.substr(0, 1022));
}

TEST_F(StatusUtilTest, PayloadsTravelAsDetails) {
  const grpc::Status outside = Convert(InvalidField("event.source", "is required"));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(outside.error_details()));
  EXPECT_EQ(details.code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(details.message(), outside.error_message());
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), kBadRequestTypeUrl);
}

TEST(FieldViolationsTest, NothingWrongIsOk) { EXPECT_TRUE(FieldViolations().ToStatus().ok()); }

TEST(FieldViolationsTest, AllAreKeptInOrder) {
  FieldViolations violations;
  violations.Add("a", "one");
  violations.Add("b", "two");
  const std::vector<FieldFault> faults = FieldFaultsOf(violations.ToStatus());
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].field, "a");
  EXPECT_EQ(faults[1].description, "two");
}

// gRPC's default limit on the sum of a call's trailers is 8 KiB.
TEST(FieldViolationsTest, TooManyAreCutButCounted) {
  FieldViolations violations;
  for (int i = 0; i < 500; ++i) violations.Add("field" + std::to_string(i), "is wrong");
  const absl::Status status = violations.ToStatus();
  EXPECT_LE(FieldFaultsOf(status).size(), FieldViolations::kMaxFaults);
  EXPECT_THAT(std::string(status.message()), HasSubstr("499 more"));
}

TEST(FieldViolationsTest, LongOnesAreCutByBytes) {
  FieldViolations violations;
  for (int i = 0; i < 10; ++i) violations.Add("field", std::string(900, 'x'));
  EXPECT_EQ(FieldFaultsOf(violations.ToStatus()).size(), 2U);
}

TEST(FieldViolationsTest, OtherStatusesCarryNone) {
  EXPECT_THAT(FieldFaultsOf(absl::NotFoundError("x")), IsEmpty());
  EXPECT_THAT(FieldFaultsOf(absl::OkStatus()), IsEmpty());
}

}  // namespace
}  // namespace clearway
