#include "plugin-adapters/gateway/limits.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::testing::EndsWith;
using ::testing::Gt;
using testing::IsOkAndHolds;
using testing::StatusIs;

v1::TicketEvent SmallEvent() {
  v1::TicketEvent event;
  event.mutable_ticket()->set_key("PAY-12");
  event.mutable_ticket()->set_title("Refund");
  event.mutable_event_time()->set_seconds(1'000'000);
  return event;
}

TEST(LimitsTest, WhatFitsIsLeftAlone) {
  v1::TicketEvent event = SmallEvent();
  event.mutable_ticket()->set_description(std::string(1 << 20, 'x'));
  event.mutable_ticket()->add_labels(std::string(256, 'x'));
  const v1::TicketEvent before = event;
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(0));
  EXPECT_EQ(event.SerializeAsString(), before.SerializeAsString());
}

TEST(LimitsTest, ATextIsCutBetweenCharactersWithAMark) {
  v1::TicketEvent event = SmallEvent();
  std::string text;
  while (text.size() <= 1 << 20) text += "字";
  event.mutable_ticket()->set_description(text);
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(1));
  const std::string& cut = event.ticket().description();
  EXPECT_LE(cut.size(), 1U << 20);
  EXPECT_THAT(cut.size(), Gt((1U << 20) - 16));
  EXPECT_THAT(cut, EndsWith("字\n[…]"));
}

TEST(LimitsTest, ATitleBecomesOneLine) {
  v1::TicketEvent event = SmallEvent();
  event.mutable_ticket()->set_title("one\r\ntwo\nthree");
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(0));
  EXPECT_EQ(event.ticket().title(), "one  two three");
}

TEST(LimitsTest, TooManyLabelsAndLinksAreDropped) {
  v1::TicketEvent event = SmallEvent();
  event.mutable_ticket()->add_labels("");
  for (int i = 0; i < 250; ++i) event.mutable_ticket()->add_labels(absl::StrCat("l", i));
  for (int i = 0; i < 1001; ++i) {
    v1::TicketLink& link = *event.mutable_ticket()->add_links();
    link.set_type("blocks");
    link.set_key(absl::StrCat("PAY-", i));
  }
  event.mutable_ticket()->add_links()->set_type("no key");
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(1 + 50 + 1 + 1));
  EXPECT_EQ(event.ticket().labels_size(), 200);
  EXPECT_EQ(event.ticket().labels(0), "l0");
  EXPECT_EQ(event.ticket().links_size(), 1000);
}

TEST(LimitsTest, AnAddressTooLongIsLeftOut) {
  v1::TicketEvent event = SmallEvent();
  event.mutable_ticket()->set_url(absl::StrCat("https://", std::string(3000, 'x')));
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(1));
  EXPECT_EQ(event.ticket().url(), "");
}

TEST(LimitsTest, OfTooManyCommentsTheNewestStayInTheirOrder) {
  v1::TicketEvent event = SmallEvent();
  for (int i = 0; i < 2002; ++i) {
    v1::Comment& comment = *event.add_comment_upserts();
    comment.set_id(absl::StrCat(i));
    // The two oldest stand last.
    comment.mutable_create_time()->set_seconds(i < 2000 ? 1000 + i : i - 2000);
  }
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(2));
  ASSERT_EQ(event.comment_upserts_size(), 2000);
  for (int i = 0; i < 2000; ++i) EXPECT_EQ(event.comment_upserts(i).id(), absl::StrCat(i));
}

TEST(LimitsTest, AllTogetherFitIntoOneMessage) {
  v1::TicketEvent event = SmallEvent();
  event.mutable_ticket()->set_description(std::string(3 << 20, 'x'));
  for (int i = 0; i < 40; ++i) {
    v1::Comment& comment = *event.add_comment_upserts();
    comment.set_id(absl::StrCat(i));
    comment.set_body(std::string(300 << 10, 'x'));
    comment.mutable_create_time()->set_seconds(i);
  }
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(Gt(40)));
  EXPECT_LT(event.ByteSizeLong(), 4U << 20);
  ASSERT_THAT(event.comment_upserts_size(), Gt(0));
  EXPECT_EQ(event.comment_upserts(event.comment_upserts_size() - 1).id(), "39");
}

TEST(LimitsTest, ACommentWithoutAnIdIsLeftOut) {
  v1::TicketEvent event = SmallEvent();
  event.add_comment_upserts()->set_body("who said that");
  event.add_deleted_comment_ids("");
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(2));
  EXPECT_EQ(event.comment_upserts_size() + event.deleted_comment_ids_size(), 0);
}

TEST(LimitsTest, AKeyIsNeverCut) {
  v1::TicketEvent event = SmallEvent();
  event.mutable_ticket()->set_key(std::string(257, 'K'));
  EXPECT_THAT(FitToLimits(&event), StatusIs(absl::StatusCode::kInvalidArgument));
  event.mutable_ticket()->clear_key();
  EXPECT_THAT(FitToLimits(&event), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace clearway
