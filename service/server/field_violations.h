#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// Under this key a status carries a google.rpc.BadRequest, and reaches the client with it.
inline constexpr char kBadRequestTypeUrl[] = "type.googleapis.com/google.rpc.BadRequest";

struct FieldFault {
  // Path from the request's root: "event.ticket.comments[3].body".
  std::string field;
  std::string description;
};

// Gathers everything that is wrong with a request, so that a caller mends it in one go.
class FieldViolations {
 public:
  // Kept in full; details travel in HTTP/2 trailers, which are small. The rest is only counted.
  static constexpr size_t kMaxFaults = 20;
  static constexpr size_t kMaxBytes = 2000;

  void Add(std::string field, std::string description);

  bool empty() const { return count_ == 0; }

  // OK when nothing was added; else INVALID_ARGUMENT that names the first fault in its message and
  // all of them in a BadRequest.
  absl::Status ToStatus() const;

 private:
  std::vector<FieldFault> faults_;
  size_t count_ = 0;
  size_t bytes_ = 0;
};

// A status for a single fault.
absl::Status InvalidField(std::string field, std::string description);

// The faults that a status carries; empty where it carries none.
std::vector<FieldFault> FieldFaultsOf(const absl::Status& status);

}  // namespace clearway
