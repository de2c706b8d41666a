#pragma once

#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"

#include "service/classify/classifier.h"

namespace clearway {

// What the model that is linked in is called where a file could stand too.
inline constexpr char kBuiltInModel[] = "built-in";

// --model FILE.
void AddModelOption(CLI::App& command, std::string* path);

// The model in a file, or the built-in one where `path` is empty. NOT_FOUND, PERMISSION_DENIED or
// INVALID_ARGUMENT, naming the file.
absl::StatusOr<std::shared_ptr<const Classifier>> LoadClassifier(const std::string& path);

}  // namespace clearway
