#include "service/server/root_page.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "service/base/status_macros.h"
#include "service/server/page_token.h"

namespace clearway {
namespace {

constexpr int kDefaultPage = 50;
// Each row reads a ticket and what hangs on it.
constexpr int kMaxPage = 200;

Pager PagerOf(const std::string& tenant, const std::string& project) {
  return Pager({"GetRootCauses", tenant, project});
}

}  // namespace

absl::StatusOr<RootQuery> ParseRootPage(const v1::GetRootCausesRequest& request,
                                        const std::string& tenant, absl::Time now) {
  RootQuery query;
  query.tenant = tenant;
  query.project = request.project();
  query.time = now;
  query.limit =
      1 + (request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage));
  if (request.page_token().empty()) return query;
  ASSIGN_OR_RETURN(const std::string place,
                   PagerOf(tenant, request.project()).PlaceOf(request.page_token()));
  // The key may hold colons; what is before it may not.
  const std::vector<std::string> parts = absl::StrSplit(place, absl::MaxSplits(':', 5));
  Root last;
  int64_t time_us = 0;
  if (parts.size() != 6 || !absl::SimpleAtoi(parts[0], &time_us) ||
      !absl::SimpleAtoi(parts[1], &last.blocked.stuck) ||
      !absl::SimpleAtoi(parts[2], &last.blocked.offset_ms) ||
      !absl::SimpleAtoi(parts[3], &last.tickets)) {
    return Pager::NoToken();
  }
  last.source = parts[4];
  last.ticket = parts[5];
  query.time = absl::FromUnixMicros(time_us);
  query.after = std::move(last);
  return query;
}

std::string RootPageToken(const RootQuery& query, const Root& last) {
  return PagerOf(query.tenant, query.project)
      .TokenOf(absl::StrCat(absl::ToUnixMicros(query.time), ":", last.blocked.stuck, ":",
                            last.blocked.offset_ms, ":", last.tickets, ":", last.source, ":",
                            last.ticket));
}

}  // namespace clearway
