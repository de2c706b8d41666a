#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "service/store/filter.h"

namespace clearway {

// The query for a page of blockers, newest first. Its parameters: the tenant, the id below which
// the page starts, then `parameters`, then the page's size.
struct BlockerQuery {
  std::string sql;
  std::vector<std::variant<std::string, int64_t, double>> parameters;
};

// A filter's values become parameters, never text. Where it can only match blockers that last, the
// page is read from the small index of those.
BlockerQuery SelectBlockersWhere(const Filter& filter);

}  // namespace clearway
