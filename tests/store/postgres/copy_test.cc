#include "service/store/postgres/copy.h"

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/store/postgres/statement.h"
#include "tests/store/postgres/database.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Not;

class PgCopyTest : public ::testing::Test {
 protected:
  PgCopyTest() : connection_(database_.Connect()) {}

  // Of a query of one number a row.
  absl::StatusOr<std::vector<int64_t>> Numbers(const std::string& select) {
    absl::StatusOr<PgCopy> copy = PgCopy::Begin(*connection_, select);
    if (!copy.ok()) return copy.status();
    std::vector<int64_t> numbers;
    for (;;) {
      const absl::StatusOr<bool> row = copy->Step();
      if (!row.ok()) return row.status();
      if (!*row) return numbers;
      numbers.push_back(copy->Int64(0));
    }
  }
  // That it is as it was before.
  void ExpectUsable() {
    absl::StatusOr<PgStatement> select = connection_->Prepare("SELECT 7::bigint");
    ASSERT_THAT(select, IsOk());
    ASSERT_THAT(select->Step(), IsOkAndHolds(true));
    EXPECT_EQ(select->Int64(0), 7);
  }

  PostgresDatabase database_;
  std::unique_ptr<PgConnection> connection_;
};

TEST_F(PgCopyTest, ColumnsOfEveryKindAreRead) {
  absl::StatusOr<PgCopy> copy = PgCopy::Begin(
      *connection_,
      "SELECT -2::smallint, -3::integer, -4::bigint, 0.5::double precision, 'größer'::text, "
      "''::bytea, NULL::bigint");
  ASSERT_THAT(copy, IsOk());
  ASSERT_THAT(copy->Step(), IsOkAndHolds(true));
  EXPECT_EQ(copy->Int64(0), -2);
  EXPECT_EQ(copy->Int64(1), -3);
  EXPECT_EQ(copy->Int64(2), -4);
  EXPECT_EQ(copy->Double(3), 0.5);
  EXPECT_EQ(copy->Text(4), "größer");
  EXPECT_FALSE(copy->IsNull(5));
  EXPECT_EQ(copy->View(5), "");
  EXPECT_TRUE(copy->IsNull(6));
  EXPECT_THAT(copy->Step(), IsOkAndHolds(false));
  EXPECT_THAT(copy->Step(), IsOkAndHolds(false));
  ExpectUsable();
}

TEST_F(PgCopyTest, RowsComeInTheirOrderHoweverMany) {
  EXPECT_THAT(Numbers("SELECT 1::bigint WHERE false"), IsOkAndHolds(ElementsAre()));
  const absl::StatusOr<std::vector<int64_t>> many =
      Numbers("SELECT n::bigint FROM generate_series(0, 99999) AS n");
  ASSERT_THAT(many, IsOk());
  ASSERT_EQ(many->size(), 100'000u);
  for (size_t i = 0; i < many->size(); ++i) ASSERT_EQ((*many)[i], static_cast<int64_t>(i));
  ExpectUsable();
}

TEST_F(PgCopyTest, WhatTheServerRefusesLeavesTheConnectionAsItWas) {
  EXPECT_THAT(Numbers("SELECT nothing FROM nowhere"), Not(IsOk()));
  ExpectUsable();
  // Behind rows that were sent already.
  EXPECT_THAT(Numbers("SELECT 1 / (99999 - n)::bigint FROM generate_series(0, 100000) AS n"),
              Not(IsOk()));
  ExpectUsable();
}

TEST_F(PgCopyTest, WhoGivesUpLosesTheConnection) {
  {
    absl::StatusOr<PgCopy> copy =
        PgCopy::Begin(*connection_, "SELECT n FROM generate_series(1, 100000) AS n");
    ASSERT_THAT(copy, IsOk());
    EXPECT_THAT(copy->Step(), IsOkAndHolds(true));
  }
  EXPECT_FALSE(connection_->usable());
  ASSERT_THAT(connection_->Open(), IsOk());
  ExpectUsable();
}

TEST_F(PgCopyTest, AConnectionThatBreaksIsUnavailable) {
  EXPECT_THAT(Numbers("SELECT CASE WHEN n = 99999 THEN pg_terminate_backend(pg_backend_pid()) "
                      "END::integer FROM generate_series(0, 200000) AS n"),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(connection_->usable());
}

TEST_F(PgCopyTest, LiteralsAreWhatTheyWereMadeOf) {
  const std::string odd = "it's \\ \"$1\" ? ü 中";
  const std::string bytes("\0'\\\xff", 4);
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  absl::StatusOr<PgCopy> copy = PgCopy::Begin(
      *connection_, absl::StrCat("SELECT ", PgTextLiteral(odd), ", ", PgBytesLiteral(bytes), ", ",
                                 PgNumberLiteral(kLowest), ", ", PgBytesLiteral("")));
  ASSERT_THAT(copy, IsOk());
  ASSERT_THAT(copy->Step(), IsOkAndHolds(true));
  EXPECT_EQ(copy->View(0), odd);
  EXPECT_EQ(copy->View(1), bytes);
  EXPECT_EQ(copy->Int64(2), kLowest);
  EXPECT_EQ(copy->View(3), "");
  EXPECT_THAT(copy->Step(), IsOkAndHolds(false));
}

}  // namespace
}  // namespace clearway::testing
