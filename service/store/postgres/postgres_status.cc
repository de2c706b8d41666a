#include "service/store/postgres/postgres_status.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

// A code, or where two characters long a whole class, and what it means to us.
struct Meaning {
  absl::string_view prefix;
  absl::StatusCode code;
  absl::string_view remedy;
};

// The first that matches counts.
constexpr Meaning kMeanings[] = {
    {"40001", absl::StatusCode::kAborted, ""},
    {"40P01", absl::StatusCode::kAborted, ""},
    {"55P03", absl::StatusCode::kAborted, "; another transaction holds what it needs"},
    {"57014", absl::StatusCode::kDeadlineExceeded, "; it took too long: ask for less at a time"},
    {"57P", absl::StatusCode::kUnavailable, "; the server stops or starts: try again"},
    {"25006", absl::StatusCode::kUnavailable, "; the server takes no writes: is it a standby?"},
    {"25P03", absl::StatusCode::kUnavailable, ""},
    {"XX001", absl::StatusCode::kDataLoss, "; restore the database from a backup"},
    {"XX002", absl::StatusCode::kDataLoss, "; rebuild the damaged index"},
    {"23505", absl::StatusCode::kAlreadyExists, ""},
    {"42501", absl::StatusCode::kUnavailable, "; grant the user rights on its own schema"},
    {"08", absl::StatusCode::kUnavailable, ""},
    {"23", absl::StatusCode::kFailedPrecondition, ""},
    {"28", absl::StatusCode::kUnavailable, "; check the user and its password"},
    {"3D", absl::StatusCode::kUnavailable, "; create the database"},
    {"53", absl::StatusCode::kUnavailable, "; give the server more of what it lacks"},
    {"58", absl::StatusCode::kUnavailable, "; check the server's disk"},
};

}  // namespace

absl::Status PostgresError(absl::string_view sqlstate, absl::string_view doing,
                           absl::string_view detail) {
  Meaning meaning{"", absl::StatusCode::kInternal, ""};
  if (sqlstate.empty()) meaning.code = absl::StatusCode::kUnavailable;
  for (const Meaning& known : kMeanings) {
    if (absl::StartsWith(sqlstate, known.prefix)) {
      meaning = known;
      break;
    }
  }
  const std::string code = sqlstate.empty() ? "" : absl::StrCat(" (SQLSTATE ", sqlstate, ")");
  return {meaning.code, absl::StrCat("PostgreSQL cannot ", doing, ": ",
                                     absl::StripAsciiWhitespace(detail), code, meaning.remedy)};
}

}  // namespace clearway
