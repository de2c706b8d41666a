#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "clearway/v1/root_cause_service.pb.h"
#include "service/store/links.h"

namespace clearway {

// What of a page of roots is asked of the store: one more than is answered, which tells whether
// more follows. INVALID_ARGUMENT for a size or token that is none.
absl::StatusOr<RootQuery> ParseRootPage(const v1::GetRootCausesRequest& request,
                                        const std::string& tenant, absl::Time now);

// The token for what comes after `last`, on pages as of the query's time.
std::string RootPageToken(const RootQuery& query, const Root& last);

}  // namespace clearway
