#include "service/report/wire/report_convert.h"

#include "gtest/gtest.h"

namespace clearway {
namespace {

TEST(ReportConvertTest, EverythingSurvivesTheTrip) {
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  BlockerReport report;
  report.start = start;
  report.end = start + absl::Hours(48);
  report.total = {"", 1, 2, 3, absl::Hours(4)};
  report.non_technical_share = 0.25;
  report.non_technical_time_share = 0.75;
  report.by_category = {{"RESOURCE", 1, 2, 3, absl::Hours(4)}};
  report.by_reason = {{"STAFFING", 1, 2, 3, absl::Hours(4)}};
  report.by_project = {{"pay", 1, 2, 3, absl::Hours(4)}};
  report.by_age = {{"<1d", 1, 0, 0, absl::Hours(1)}};
  report.time_to_unblock = TimeToUnblock{absl::Hours(1), absl::Hours(2), absl::Hours(3)};
  report.oldest_open = {
      {7, "PAY-7", "pay", "Title", Category::kResource, Reason::kStaffing, "HR", absl::Hours(5)}};
  report.escalation_effects = {{1, Reason::kStaffing, "chat", 9, 4, 3, 1, absl::Hours(2)},
                               {2, Reason::kUnspecified, "mail", 1, 0, 0, 0, std::nullopt}};
  v1::BlockerReport proto;
  ToProto(report, &proto);
  EXPECT_EQ(FromProto(proto), report);
}

TEST(ReportConvertTest, BlockersAreNamedUnderTheirTenant) {
  BlockerReport report;
  report.tenant = "acme";
  report.oldest_open.emplace_back().blocker_id = 7;
  v1::BlockerReport proto;
  ToProto(report, &proto);
  EXPECT_EQ(proto.oldest_open(0).blocker(), "tenants/acme/blockers/7");
}

TEST(ReportConvertTest, NothingResolvedStaysAbsent) {
  v1::BlockerReport proto;
  ToProto(BlockerReport(), &proto);
  EXPECT_FALSE(proto.has_time_to_unblock());
  EXPECT_EQ(FromProto(proto).time_to_unblock, std::nullopt);
}

TEST(ReportConvertTest, CategoriesOfANewerServerAreUnknown) {
  v1::BlockerReport proto;
  proto.add_oldest_open()->set_category(static_cast<v1::Category>(99));
  proto.mutable_oldest_open(0)->set_reason(static_cast<v1::Reason>(999));
  const BlockerReport report = FromProto(proto);
  EXPECT_EQ(report.oldest_open[0].category, Category::kUnspecified);
  EXPECT_EQ(report.oldest_open[0].reason, Reason::kUnspecified);
}

}  // namespace
}  // namespace clearway
