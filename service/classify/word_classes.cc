#include "service/classify/word_classes.h"

#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "service/base/status_macros.h"
#include "service/classify/jsonl_files.h"
#include "service/classify/tokenizer.h"

namespace clearway {
namespace {

absl::Status AddClass(absl::string_view line, int number, const Tokenizer& tokenizer,
                      WordClasses* classes) {
  for (const absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
    std::pmr::vector<Token> tokens;
    std::pmr::vector<uint32_t> sentence_ends;
    tokenizer.Tokenize(word, &tokens, &sentence_ends);
    if (tokens.size() != 1 || tokens[0].kind != Token::Kind::kWord) {
      return absl::InvalidArgumentError(absl::StrCat("\"", word, "\" is not one word"));
    }
    if (!classes->emplace(tokens[0].hash, number).second) {
      return absl::InvalidArgumentError(absl::StrCat("\"", word, "\" is in two classes"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WordClasses> ReadWordClasses(const std::vector<std::string>& paths) {
  const Tokenizer tokenizer;
  WordClasses classes;
  int next = 0;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(std::ifstream file, OpenFile(path));
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      const absl::Status added = AddClass(line, next++, tokenizer, &classes);
      if (!added.ok()) {
        return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": ", added.message()));
      }
    }
  }
  return classes;
}

}  // namespace clearway
