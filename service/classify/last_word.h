#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "service/domain/taxonomy.h"

namespace clearway {

// A comment that could be the last on many a blocked ticket. Joined to records it teaches that the
// latest state wins, however loud what stood before.
struct LastWord {
  std::string id;
  // "en" or "zh".
  std::string lang;
  std::string body;
  // Whether the blocker is over with it; else the ticket stays as stuck as it was.
  bool lifts = false;
  // Blocked categories that it makes sense for, at least one.
  std::vector<Category> fits;
};

// Reads JSON Lines of {"id","lang","body","lifts","fits":[category…]}, whole files and every .jsonl
// file of a folder. NOT_FOUND, PERMISSION_DENIED or, for the first bad line, INVALID_ARGUMENT as
// "FILE:LINE: what is wrong".
absl::StatusOr<std::vector<LastWord>> ReadLastWords(const std::vector<std::string>& paths);

}  // namespace clearway
