#include "service/escalation/together.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Escalation Step(int64_t blocker_id, const std::string& language = "en") {
  Escalation step;
  step.blocker_id = blocker_id;
  step.ticket = {"acme", "jira", absl::StrCat("PAY-", blocker_id)};
  step.level = static_cast<int>(blocker_id);
  step.due_time = absl::UnixEpoch() + absl::Hours(blocker_id);
  step.draft_message = absl::StrCat("Dear legal, about PAY-", blocker_id, ".");
  step.language = language;
  return step;
}

TEST(ToldTogetherTest, OneStepStaysAsItIs) {
  EXPECT_EQ(ToldTogether({Step(7)}, {"Title"}), Step(7));
}

TEST(ToldTogetherTest, TheFirstSpeaksForAll) {
  const Escalation message = ToldTogether({Step(7), Step(3)}, {"First", "Second"});
  EXPECT_EQ(message.blocker_id, 7);
  EXPECT_EQ(message.level, 7);
  EXPECT_EQ(message.draft_message,
            "Dear legal, about PAY-7.\n\n1 more ticket waits for the same:\n- PAY-3: Second");
  EXPECT_THAT(message.members,
              ElementsAre(EscalationMember{7, Step(7).ticket, "First", 7, Step(7).due_time},
                          EscalationMember{3, Step(3).ticket, "Second", 3, Step(3).due_time}));
}

TEST(ToldTogetherTest, SpeaksTheLanguageOfTheFirst) {
  EXPECT_THAT(ToldTogether({Step(7, "zh"), Step(3)}, {"", ""}).draft_message,
              EndsWith("另有 1 张工单也在等待：\n- PAY-3"));
}

TEST(ToldTogetherTest, AListThatNobodyWouldReadIsCut) {
  std::vector<Escalation> steps;
  for (int i = 1; i <= 200; ++i) steps.push_back(Step(i));
  const Escalation message = ToldTogether(steps, std::vector<std::string>(200, "T"));
  EXPECT_THAT(message.members, SizeIs(200));
  EXPECT_THAT(message.draft_message, HasSubstr("199 more tickets wait"));
  EXPECT_THAT(message.draft_message, EndsWith("- PAY-21: T\n- and 179 more"));
}

TEST(ToldTogetherTest, TitlesMentionNobodyAndStayOneLine) {
  const Escalation message = ToldTogether({Step(1), Step(2)}, {"", "@all\nplease"});
  EXPECT_THAT(message.draft_message, Not(HasSubstr("@all")));
  EXPECT_THAT(message.draft_message, Not(HasSubstr("\nplease")));
  EXPECT_THAT(message.members[1], Field(&EscalationMember::title, "@all\nplease"))
      << "members hold what the ticket says";
}

}  // namespace
}  // namespace clearway
