#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "service/store/filter.h"

namespace clearway {

// A condition over the table `blockers`, with its parameters in the order of their question marks.
struct SqlCondition {
  std::string sql;
  std::vector<std::variant<std::string, int64_t, double>> parameters;
};

// A filter as a condition that is true or false, never NULL. Values are parameters, never text.
SqlCondition ToSql(const Filter& filter);

// True where the filter can only match blockers that last: such pages are read from the small index
// of those.
bool ExcludesResolved(const Filter& filter);

}  // namespace clearway
