#include "service/cli/option_types.h"

#include <map>

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
  const std::map<std::string, OutputFormat> names = {{"table", OutputFormat::kTable},
                                                     {"json", OutputFormat::kJson}};
  return command.add_option("--format", *format, "How to print: table (default) or json")
      ->transform(CLI::CheckedTransformer(names).description(""))
      ->type_name("FORMAT");
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
