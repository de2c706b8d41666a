#include "service/cli/option_types.h"

#include "absl/status/statusor.h"

#include "service/base/duration.h"

namespace clearway {

CLI::Option* AddDurationOption(CLI::App& command, const std::string& name, absl::Duration* value,
                               const std::string& help) {
  return command
      .add_option_function<std::string>(
          name,
          [name, value](const std::string& text) {
            const absl::StatusOr<absl::Duration> parsed = ParseDuration(text);
            if (!parsed.ok()) {
              throw CLI::ValidationError(name, std::string(parsed.status().message()));
            }
            *value = *parsed;
          },
          help)
      ->default_str(FormatAge(*value))
      ->type_name("DURATION");
}

CLI::Option* AddFormatOption(CLI::App& command, OutputFormat* format) {
  return AddChoiceOption<OutputFormat>(
      command, "--format", format, {{"table", OutputFormat::kTable}, {"json", OutputFormat::kJson}},
      "How to print");
}

void AddJsonLinesOptions(CLI::App& command, std::vector<std::string>* files) {
  command.add_flag_callback(
      "--jsonl", [] {}, "The input is JSON Lines, one record each (the default)");
  command.add_option("file", *files, "Files to read; - is the standard input")
      ->default_str("-")
      ->type_name("FILE");
  *files = {"-"};
}

}  // namespace clearway
