#include "service/store/postgres/locks.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace clearway::testing {
namespace {

// Replicas of different versions must agree.
TEST(TicketLockTest, NeverChanges) {
  EXPECT_EQ(TicketLock({"acme", "jira", "PAY-1"}), TicketLock({"acme", "jira", "PAY-1"}));
  EXPECT_EQ(TicketLock({"acme", "jira", "PAY-1"}), (PgLock{0x434c5754, -860018746}));
  EXPECT_EQ(MessagesLock("acme").lock_class, 0x434c5755);
}

TEST(TicketLockTest, TellsTicketsApart) {
  std::set<PgLock> locks = {TicketLock({"ab", "c", "d"}), TicketLock({"a", "bc", "d"}),
                            TicketLock({"a", "b", "cd"}), TicketLock({"", "abc", "d"})};
  for (int i = 0; i < 1000; ++i) locks.insert(TicketLock({"acme", "jira", std::to_string(i)}));
  EXPECT_EQ(locks.size(), 1004u);
}

}  // namespace
}  // namespace clearway::testing
