#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"

namespace clearway {

// Words that stand in the same company ("waiter", "barista"), so that what is learned of one is
// known of the others: the number of its class by a word's Token::hash.
using WordClasses = absl::flat_hash_map<uint64_t, int>;

// Reads files of one class a line, its words between blanks. NOT_FOUND, PERMISSION_DENIED or, for
// what is no word or stands twice, INVALID_ARGUMENT as "FILE:LINE: what is wrong".
absl::StatusOr<WordClasses> ReadWordClasses(const std::vector<std::string>& paths);

}  // namespace clearway
