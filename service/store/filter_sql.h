#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "service/store/filter.h"

namespace clearway {

// How a back end asks about texts: conditions with `$0` in the place of the column. Each is handed
// the text that is looked for, as often as it has a `?`.
struct SqlDialect {
  const char* contains;
  const char* starts_with;
  const char* ends_with;
};
inline constexpr SqlDialect kSqliteDialect = {"(instr($0, ?) > 0)", "(instr($0, ?) = 1)",
                                              "(substr($0, -length(?)) = ?)"};
// Texts are columns of bytes there.
inline constexpr SqlDialect kPostgresDialect = {
    "(position(?::bytea IN $0) > 0)", "(position(?::bytea IN $0) = 1)",
    "(substr($0, greatest(length($0) - length(?::bytea) + 1, 1)) = ?::bytea)"};

// The query for a stretch of a page of blockers, newest first. Its parameters: the tenant, the ids
// below and above which it lies, then `parameters`, then how many are wanted.
struct BlockerQuery {
  std::string sql;
  std::vector<std::variant<std::string, int64_t, double>> parameters;
  // Tells where a stretch of the index that it reads ends; see queries.h. nullptr: it reads next to
  // nothing that does not belong to the page.
  const char* id_behind = nullptr;
  // The last parameter of `id_behind`, where it has one.
  std::optional<std::string> project;
};

// A filter's values become parameters, never text. Where it can only match blockers of one ticket,
// those of one project, or those that last, the page is read from an index of those.
BlockerQuery SelectBlockersWhere(const Filter& filter, const SqlDialect& dialect);

}  // namespace clearway
