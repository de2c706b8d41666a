#include "service/cli/model_file.h"

#include "absl/strings/str_cat.h"

#include "service/base/file.h"
#include "service/base/status_macros.h"

namespace clearway {

void AddModelOption(CLI::App& command, std::string* path) {
  command.add_option("--model", *path, "A model file in place of the built-in one")
      ->type_name("FILE");
}

absl::StatusOr<std::shared_ptr<const Classifier>> LoadClassifier(const std::string& path) {
  if (path.empty()) return Classifier::BuiltIn();
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  absl::StatusOr<std::shared_ptr<const Classifier>> classifier = Classifier::FromModel(bytes);
  if (classifier.ok()) return classifier;
  return absl::Status(classifier.status().code(),
                      absl::StrCat(path, ": ", classifier.status().message()));
}

}  // namespace clearway
