#include "service/classify/model.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "service/base/status_macros.h"
#include "service/classify/bytes.h"

namespace clearway {
namespace {

// The number after the name is the format's; it changes with the features, too.
constexpr absl::string_view kMagic = "clearway-model-1\n";

}  // namespace

std::string SerializeModel(const Model& model) {
  std::string bytes(kMagic);
  AppendVector(std::vector<char>(model.version.begin(), model.version.end()), &bytes);
  AppendValue(model.calibration, &bytes);
  model.verdict.AppendTo(&bytes);
  model.party_begin.AppendTo(&bytes);
  model.party_span.AppendTo(&bytes);
  return bytes;
}

absl::StatusOr<Model> ParseModel(absl::string_view bytes) {
  if (!absl::ConsumePrefix(&bytes, kMagic)) {
    return absl::InvalidArgumentError(
        absl::StrCat("this is no model file of format ", kMagic.substr(0, kMagic.size() - 1),
                     "; train one with this version's `clearway train`"));
  }
  Model model;
  std::vector<char> version;
  RETURN_IF_ERROR(ReadVector(&bytes, &version));
  model.version.assign(version.begin(), version.end());
  RETURN_IF_ERROR(ReadValue(&bytes, &model.calibration));
  RETURN_IF_ERROR(model.verdict.ReadFrom(&bytes));
  RETURN_IF_ERROR(model.party_begin.ReadFrom(&bytes));
  RETURN_IF_ERROR(model.party_span.ReadFrom(&bytes));
  if (!bytes.empty() || model.verdict.outputs() != kVerdictOutputs ||
      model.party_begin.outputs() != 1 || model.party_span.outputs() != 1) {
    return absl::DataLossError("the model file is damaged: its parts do not add up");
  }
  return model;
}

}  // namespace clearway
