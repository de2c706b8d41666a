#include "service/classify/last_word.h"

#include <fstream>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "service/base/status_macros.h"
#include "service/classify/jsonl_files.h"

namespace clearway {
namespace {

using Json = nlohmann::json;

absl::Status Invalid(const char* what) { return absl::InvalidArgumentError(what); }

absl::StatusOr<LastWord> Parse(const std::string& line) {
  const Json json = Json::parse(line, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Invalid("not a JSON object in UTF-8");
  LastWord word;
  for (const auto& [key, value] :
       {std::pair{"id", &word.id}, std::pair{"lang", &word.lang}, std::pair{"body", &word.body}}) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) {
      return absl::InvalidArgumentError(absl::StrCat(key, ": must be a string"));
    }
    *value = found->get<std::string>();
  }
  const auto lifts = json.find("lifts");
  if (lifts == json.end() || !lifts->is_boolean()) return Invalid("lifts: must be true or false");
  word.lifts = lifts->get<bool>();
  const auto fits = json.find("fits");
  if (fits == json.end() || !fits->is_array() || fits->empty()) {
    return Invalid("fits: must be a list of categories, at least one");
  }
  for (const Json& name : *fits) {
    const std::optional<Category> category =
        name.is_string() ? ParseCategory(name.get<std::string>()) : std::nullopt;
    if (!category.has_value() || !IsBlocked(*category)) {
      return Invalid("fits: must name blocked categories");
    }
    word.fits.push_back(*category);
  }
  return word;
}

}  // namespace

absl::StatusOr<std::vector<LastWord>> ReadLastWords(const std::vector<std::string>& paths) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, ExpandFolders(paths));
  std::vector<LastWord> words;
  for (const std::string& path : files) {
    ASSIGN_OR_RETURN(std::ifstream file, OpenFile(path));
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      absl::StatusOr<LastWord> word = Parse(line);
      if (!word.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ":", number, ": ", word.status().message()));
      }
      words.push_back(*std::move(word));
    }
  }
  return words;
}

}  // namespace clearway
