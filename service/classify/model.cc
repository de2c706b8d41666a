#include "service/classify/model.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "service/base/status_macros.h"
#include "service/classify/bytes.h"

namespace clearway {
namespace {

// The number after the name is the format's; it changes with the features, too.
constexpr absl::string_view kMagic = "clearway-model-9\n";

}  // namespace

absl::Status IndexFeatures(Model* model) {
  std::map<uint64_t, KnownFeature> known;
  const WeightTable& verdict = model->verdict;
  if (2 * verdict.rows() >= KnownFeature::kTooLarge ||
      model->party.table.hashes().size() >= KnownFeature::kTooLarge) {
    return absl::DataLossError("the model file has more rows than can be told apart");
  }
  for (size_t i = 0; i < verdict.features(); ++i) {
    known[verdict.hash(i)].verdict = verdict.entry(i).code();
  }
  uint32_t row = 0;
  for (const uint64_t hash : model->party.table.hashes()) known[hash].party = ++row;
  row = 0;
  for (const uint64_t hash : model->lift.table.hashes()) {
    const RoleTable::Row& weights = model->lift.table.row(++row);
    known[hash].lift = weights[kLiftRole];
    known[hash].last_lift = weights[kLastLiftRole];
  }
  // As the verdict's rows, which are in the order of how often they are met; then the others.
  std::vector<FeatureIndex::Entry> entries(known.begin(), known.end());
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.second.verdict - 1 < b.second.verdict - 1;
  });
  std::vector<uint32_t> party_rows;
  for (auto& [hash, feature] : entries) {
    if (feature.party == 0) continue;
    party_rows.push_back(feature.party);
    feature.party = static_cast<uint32_t>(party_rows.size());
  }
  model->party.Prepare(party_rows);
  model->index = FeatureIndex(entries);
  if (!model->index.complete()) {
    return absl::DataLossError("the model file's features agree too much");
  }
  return absl::OkStatus();
}

std::string SerializeModel(const Model& model) {
  std::string bytes(kMagic);
  AppendVector(std::vector<char>(model.version.begin(), model.version.end()), &bytes);
  AppendValue(model.calibration, &bytes);
  model.verdict.AppendTo(&bytes);
  model.party.table.AppendTo(&bytes);
  AppendValue(model.party.begin_weight, &bytes);
  AppendValue(model.party.none, &bytes);
  model.lift.table.AppendTo(&bytes);
  AppendValue(model.lift.bias, &bytes);
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
  RETURN_IF_ERROR(model.party.table.ReadFrom(&bytes));
  RETURN_IF_ERROR(ReadValue(&bytes, &model.party.begin_weight));
  RETURN_IF_ERROR(ReadValue(&bytes, &model.party.none));
  RETURN_IF_ERROR(model.lift.table.ReadFrom(&bytes));
  RETURN_IF_ERROR(ReadValue(&bytes, &model.lift.bias));
  if (!bytes.empty() || model.verdict.outputs() != kVerdictOutputs) {
    return absl::DataLossError("the model file is damaged: its parts do not add up");
  }
  RETURN_IF_ERROR(IndexFeatures(&model));
  return model;
}

}  // namespace clearway
