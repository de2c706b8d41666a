#include "service/store/sqlite/sqlite_status.h"

#include <sqlite3.h>

#include <string>

#include "gmock/gmock.h"

#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

struct CodeCase {
  const char* name;
  int code;
  absl::StatusCode want;
};

void PrintTo(const CodeCase& row, std::ostream* out) { *out << row.name; }

const CodeCase kCases[] = {
    {"Busy", SQLITE_BUSY, absl::StatusCode::kAborted},
    {"BusySnapshot", SQLITE_BUSY_SNAPSHOT, absl::StatusCode::kAborted},
    {"BusyRecovery", SQLITE_BUSY_RECOVERY, absl::StatusCode::kAborted},
    {"Locked", SQLITE_LOCKED, absl::StatusCode::kAborted},
    {"LockedSharedCache", SQLITE_LOCKED_SHAREDCACHE, absl::StatusCode::kAborted},
    {"Interrupt", SQLITE_INTERRUPT, absl::StatusCode::kDeadlineExceeded},
    {"Full", SQLITE_FULL, absl::StatusCode::kUnavailable},
    {"IoError", SQLITE_IOERR, absl::StatusCode::kUnavailable},
    {"IoErrorFsync", SQLITE_IOERR_FSYNC, absl::StatusCode::kUnavailable},
    {"CannotOpen", SQLITE_CANTOPEN, absl::StatusCode::kUnavailable},
    {"ReadOnly", SQLITE_READONLY, absl::StatusCode::kUnavailable},
    {"ReadOnlyDirectory", SQLITE_READONLY_DIRECTORY, absl::StatusCode::kUnavailable},
    {"Permission", SQLITE_PERM, absl::StatusCode::kUnavailable},
    {"Protocol", SQLITE_PROTOCOL, absl::StatusCode::kUnavailable},
    {"Corrupt", SQLITE_CORRUPT, absl::StatusCode::kDataLoss},
    {"CorruptIndex", SQLITE_CORRUPT_INDEX, absl::StatusCode::kDataLoss},
    {"NoDatabase", SQLITE_NOTADB, absl::StatusCode::kDataLoss},
    {"Unique", SQLITE_CONSTRAINT_UNIQUE, absl::StatusCode::kAlreadyExists},
    {"PrimaryKey", SQLITE_CONSTRAINT_PRIMARYKEY, absl::StatusCode::kAlreadyExists},
    {"ForeignKey", SQLITE_CONSTRAINT_FOREIGNKEY, absl::StatusCode::kFailedPrecondition},
    {"NotNull", SQLITE_CONSTRAINT_NOTNULL, absl::StatusCode::kFailedPrecondition},
    {"Check", SQLITE_CONSTRAINT_CHECK, absl::StatusCode::kFailedPrecondition},
    {"Error", SQLITE_ERROR, absl::StatusCode::kInternal},
    {"Misuse", SQLITE_MISUSE, absl::StatusCode::kInternal},
    {"OutOfMemory", SQLITE_NOMEM, absl::StatusCode::kInternal},
    {"TooBig", SQLITE_TOOBIG, absl::StatusCode::kInternal},
};

class SqliteStatusTest : public ::testing::TestWithParam<CodeCase> {};

TEST_P(SqliteStatusTest, CodeDecides) {
  // The text must not: it speaks of something else.
  EXPECT_THAT(SqliteError(GetParam().code, "read", "UNIQUE constraint failed: database is locked"),
              StatusIs(GetParam().want));
}

TEST_P(SqliteStatusTest, MessageSaysWhatWasDone) {
  EXPECT_THAT(SqliteError(GetParam().code, "read the moon", "detail"),
              StatusIs(GetParam().want, ::testing::AllOf(::testing::HasSubstr("read the moon"),
                                                         ::testing::HasSubstr("detail"))));
}

INSTANTIATE_TEST_SUITE_P(All, SqliteStatusTest, ::testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace clearway::testing
