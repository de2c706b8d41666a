#pragma once

#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"

namespace clearway {

// Options whose values the command-line library cannot read by itself.

// "30s", "2d"; see service/base/duration.h.
CLI::Option* AddDurationOption(CLI::App& command, const std::string& name, absl::Duration* value,
                               const std::string& help);

// An option that takes one of `names`; `names` are also what its help shows, the first the default.
template <typename Value>
CLI::Option* AddChoiceOption(CLI::App& command, const std::string& name, Value* value,
                             const std::vector<std::pair<std::string, Value>>& names,
                             const std::string& help) {
  std::string known;
  for (const auto& [word, meaning] : names) known += (known.empty() ? "" : "|") + word;
  return command
      .add_option_function<std::string>(
          name,
          [name, value, names, known](const std::string& text) {
            for (const auto& [word, meaning] : names) {
              if (word != text) continue;
              *value = meaning;
              return;
            }
            throw CLI::ValidationError(name, "\"" + text + "\" is not one of " + known);
          },
          help)
      ->default_str(names.front().first)
      ->type_name(known);
}

enum class OutputFormat { kTable, kJson };

// --format table|json.
CLI::Option* AddFormatOption(CLI::App& command, OutputFormat* format);

// Files in JSON Lines ("-" is the standard input, the default), and the flag that says so.
void AddJsonLinesOptions(CLI::App& command, std::vector<std::string>* files);

}  // namespace clearway
