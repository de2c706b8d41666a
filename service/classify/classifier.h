#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/classification.h"
#include "service/domain/ticket.h"

namespace clearway {

// Says whether a ticket is stuck, on what and why. Immutable, so thread-safe.
class Classifier {
 public:
  // Reads a model file's bytes, which need not outlive the call. INVALID_ARGUMENT when they are no
  // model of this version, DATA_LOSS when they are damaged.
  static absl::StatusOr<std::shared_ptr<const Classifier>> FromModel(absl::string_view bytes);

  // The model that is linked into the program.
  static absl::StatusOr<std::shared_ptr<const Classifier>> BuiltIn();

  virtual ~Classifier() = default;

  // Any bytes are taken. Time is linear in their number, and bounded: of each text the first 64 KiB
  // are read, of the comments the latest 100 and 384 KiB.
  virtual Classification Classify(const Ticket& ticket) const = 0;

  virtual const std::string& model_version() const = 0;
};

}  // namespace clearway
