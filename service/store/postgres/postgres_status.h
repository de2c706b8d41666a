#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// The one bridge from PostgreSQL's SQLSTATEs to statuses; told apart by the code, never by the
// text:
//   40001, 40P01, 55P03 (lost races)                          ABORTED
//   57014 (only our statement_timeout cancels)                DEADLINE_EXCEEDED
//   classes 08, 28, 3D, 53, 58; 57P…, 25006, 25P03, 42501;
//   none at all (the connection broke)                        UNAVAILABLE
//   XX001, XX002                                              DATA_LOSS
//   23505                                                     ALREADY_EXISTS
//   other class 23                                            FAILED_PRECONDITION
//   the rest                                                  INTERNAL
// The message holds `doing`, PostgreSQL's own words and how to mend it.
absl::Status PostgresError(absl::string_view sqlstate, absl::string_view doing,
                           absl::string_view detail);

}  // namespace clearway
