#include "service/store/postgres/postgres_status.h"

#include <ostream>
#include <string>

#include "gmock/gmock.h"

#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct CodeCase {
  const char* name;
  const char* sqlstate;
  absl::StatusCode want;
};

void PrintTo(const CodeCase& row, std::ostream* out) { *out << row.name; }

const CodeCase kCases[] = {
    {"SerializationFailure", "40001", absl::StatusCode::kAborted},
    {"DeadlockDetected", "40P01", absl::StatusCode::kAborted},
    {"LockNotAvailable", "55P03", absl::StatusCode::kAborted},
    {"QueryCanceled", "57014", absl::StatusCode::kDeadlineExceeded},
    {"AdminShutdown", "57P01", absl::StatusCode::kUnavailable},
    {"CrashShutdown", "57P02", absl::StatusCode::kUnavailable},
    {"CannotConnectNow", "57P03", absl::StatusCode::kUnavailable},
    {"ConnectionFailure", "08006", absl::StatusCode::kUnavailable},
    {"TooManyConnections", "53300", absl::StatusCode::kUnavailable},
    {"DiskFull", "53100", absl::StatusCode::kUnavailable},
    {"IoError", "58030", absl::StatusCode::kUnavailable},
    {"InvalidPassword", "28P01", absl::StatusCode::kUnavailable},
    {"NoSuchDatabase", "3D000", absl::StatusCode::kUnavailable},
    {"ReadOnly", "25006", absl::StatusCode::kUnavailable},
    {"IdleInTransaction", "25P03", absl::StatusCode::kUnavailable},
    {"NoRights", "42501", absl::StatusCode::kUnavailable},
    {"Unique", "23505", absl::StatusCode::kAlreadyExists},
    {"ForeignKey", "23503", absl::StatusCode::kFailedPrecondition},
    {"Check", "23514", absl::StatusCode::kFailedPrecondition},
    {"DataCorrupted", "XX001", absl::StatusCode::kDataLoss},
    {"IndexCorrupted", "XX002", absl::StatusCode::kDataLoss},
    {"SyntaxError", "42601", absl::StatusCode::kInternal},
    {"InternalError", "XX000", absl::StatusCode::kInternal},
    {"TransactionAborted", "25P02", absl::StatusCode::kInternal},
    {"NoCodeAtAll", "", absl::StatusCode::kUnavailable},
};

class PostgresStatusTest : public ::testing::TestWithParam<CodeCase> {};

TEST_P(PostgresStatusTest, EveryCodeHasItsStatus) {
  EXPECT_THAT(PostgresError(GetParam().sqlstate, "read", "detail"),
              StatusIs(GetParam().want, HasSubstr(GetParam().sqlstate)));
}
INSTANTIATE_TEST_SUITE_P(All, PostgresStatusTest, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(PostgresStatusMessageTest, SaysWhatWasDoneAndHowToMendIt) {
  EXPECT_THAT(std::string(PostgresError("3D000", "be reached", "no database \"x\"\n").message()),
              AllOf(HasSubstr("be reached"), HasSubstr("no database \"x\" (SQLSTATE 3D000)"),
                    HasSubstr("create the database")));
  EXPECT_THAT(std::string(PostgresError("", "be reached", "refused").message()),
              Not(HasSubstr("SQLSTATE")));
}

}  // namespace
}  // namespace clearway::testing
