#include "service/server/field_violations.h"

#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace clearway {

void FieldViolations::Add(std::string field, std::string description) {
  ++count_;
  const size_t bytes = field.size() + description.size();
  // The first is always kept: without it the status would say nothing.
  if (!faults_.empty() && (faults_.size() == kMaxFaults || bytes_ + bytes > kMaxBytes)) return;
  bytes_ += bytes;
  faults_.push_back({std::move(field), std::move(description)});
}

absl::Status FieldViolations::ToStatus() const {
  if (empty()) return absl::OkStatus();
  std::string message = absl::StrCat(faults_.front().field, ": ", faults_.front().description);
  if (count_ > 1) absl::StrAppend(&message, " (and ", count_ - 1, " more)");
  absl::Status status = absl::InvalidArgumentError(message);
  google::rpc::BadRequest details;
  for (const FieldFault& fault : faults_) {
    google::rpc::BadRequest::FieldViolation* added = details.add_field_violations();
    added->set_field(fault.field);
    added->set_description(fault.description);
  }
  status.SetPayload(kBadRequestTypeUrl, absl::Cord(details.SerializeAsString()));
  return status;
}

absl::Status InvalidField(std::string field, std::string description) {
  FieldViolations violations;
  violations.Add(std::move(field), std::move(description));
  return violations.ToStatus();
}

std::vector<FieldFault> FieldFaultsOf(const absl::Status& status) {
  std::vector<FieldFault> faults;
  const auto payload = status.GetPayload(kBadRequestTypeUrl);
  google::rpc::BadRequest details;
  if (!payload.has_value() || !details.ParseFromString(std::string(*payload))) return faults;
  for (const google::rpc::BadRequest::FieldViolation& violation : details.field_violations()) {
    faults.push_back({violation.field(), violation.description()});
  }
  return faults;
}

}  // namespace clearway
