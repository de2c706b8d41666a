#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/classify/evaluation.h"
#include "service/cli/commands.h"
#include "service/cli/evaluation_view.h"
#include "service/cli/model_file.h"
#include "service/cli/option_types.h"
#include "service/cli/record_files.h"

namespace clearway {
namespace {

struct EvaluateOptions {
  std::vector<std::string> files;
  std::string model;
  bool json = false;
};

absl::Status Run(const EvaluateOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Classifier> classifier,
                   LoadClassifier(options.model));
  std::vector<JudgedVerdict> judged;
  const absl::Status read =
      VisitRecords(options.files, RecordLabels::kRead, terminal,
                   [&](LabelledRecord record, const RecordPlace&) -> absl::Status {
                     if (!record.has_labels)
                       return absl::InvalidArgumentError("category: is required here");
                     Classification verdict = classifier->Classify(record.ticket);
                     // The measures need the labels alone.
                     record.ticket = Ticket();
                     judged.push_back({std::move(record), std::move(verdict)});
                     return absl::OkStatus();
                   });
  const Evaluation evaluation = Evaluate(judged);
  terminal.out << (options.json ? EvaluationJson(evaluation, classifier->model_version())
                                : EvaluationText(evaluation, classifier->model_version()));
  return read;
}

}  // namespace

void AddEvaluateCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Measures the classifier against labelled records");
  AddJsonLinesOptions(*command, &options->files);
  AddModelOption(*command, &options->model);
  command->add_flag("--json", options->json, "Print JSON");
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
