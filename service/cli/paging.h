#pragma once

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "service/base/status_macros.h"

namespace clearway {

// Reads a List method to its end, or to `limit` items (0: all). `fetch(request)` makes one call and
// hands out its StatusOr<Response>; `take(response)` uses a page. Works on anything with AIP-158
// pages.
template <typename Request, typename Fetch, typename Take>
absl::Status ReadPages(Request request, int limit, Fetch fetch, Take take) {
  constexpr int kMaxPage = 1000;
  int left = limit;
  do {
    request.set_page_size(limit == 0 ? kMaxPage : std::min(left, kMaxPage));
    ASSIGN_OR_RETURN(const auto response, fetch(request));
    left -= take(response);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() && (limit == 0 || left > 0));
  return absl::OkStatus();
}

}  // namespace clearway
