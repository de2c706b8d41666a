#include <memory>
#include <string>
#include <vector>

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/cli/commands.h"
#include "service/cli/model_file.h"
#include "service/cli/option_types.h"
#include "service/cli/record_files.h"
#include "service/cli/verdict_json.h"

namespace clearway {
namespace {

struct ClassifyOptions {
  std::vector<std::string> files;
  std::string model;
};

absl::Status Run(const ClassifyOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Classifier> classifier,
                   LoadClassifier(options.model));
  return VisitRecords(options.files, RecordLabels::kIgnored, terminal,
                      [&](const LabelledRecord& record, const RecordPlace&) {
                        const Classification verdict = classifier->Classify(record.ticket);
                        terminal.out << JsonText(VerdictJson(record.id, verdict)) << "\n";
                        return absl::OkStatus();
                      });
}

}  // namespace

void AddClassifyCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ClassifyOptions>();
  CLI::App* command = app.add_subcommand(
      "classify", "Says of each ticket in a file whether it is stuck, on what and why");
  AddJsonLinesOptions(*command, &options->files);
  AddModelOption(*command, &options->model);
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
