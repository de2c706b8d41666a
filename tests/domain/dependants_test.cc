#include "service/domain/dependants.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DependantsTest, AreTheTicketsThatThisOneBlocksEachOnce) {
  Ticket ticket;
  ticket.key = "PAY-1";
  ticket.links = {{"blocks", "PAY-2"},          {"Blocks ", "PAY-2"}, {"is blocked by", "PAY-3"},
                  {"relates to", "PAY-4"},      {"阻塞", "PAY-5"},    {"is blocking", "PAY-6"},
                  {"blocks the view", "PAY-7"}, {"blocks", "PAY-1"},  {"blocks", ""}};
  const Dependants dependants = DependantsOf(ticket);
  EXPECT_THAT(dependants.keys, ElementsAre("PAY-2", "PAY-5", "PAY-6"));
  EXPECT_EQ(dependants.count, 3);
  EXPECT_EQ(dependants.blocked_time, absl::ZeroDuration()) << "links do not tell";
}

TEST(DependantsTest, NoneWithoutLinks) {
  EXPECT_THAT(DependantsOf(Ticket()).keys, IsEmpty());
  EXPECT_EQ(DependantsOf(Ticket()).count, 0);
}

}  // namespace
}  // namespace clearway
