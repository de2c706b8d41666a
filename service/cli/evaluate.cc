#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/classify/comparison.h"
#include "service/classify/evaluation.h"
#include "service/cli/commands.h"
#include "service/cli/comparison_view.h"
#include "service/cli/evaluation_view.h"
#include "service/cli/model_file.h"
#include "service/cli/option_types.h"
#include "service/cli/record_files.h"

namespace clearway {
namespace {

constexpr int kResamples = 2000;
// Any number will do; the same one each time, so that the same records give the same interval.
constexpr uint64_t kSeed = 20'260'101;

struct EvaluateOptions {
  std::vector<std::string> files;
  std::string model;
  // Two models, or none.
  std::vector<std::string> compare;
  OutputFormat format = OutputFormat::kTable;
};

using SharedClassifier = std::shared_ptr<const Classifier>;

// What each of the classifiers says of the labelled records that can be read. The status tells of
// those that cannot.
absl::Status Judge(const std::vector<std::string>& files,
                   const std::vector<SharedClassifier>& classifiers, const Terminal& terminal,
                   std::vector<std::vector<JudgedVerdict>>* judged) {
  judged->resize(classifiers.size());
  return VisitRecords(files, RecordLabels::kRead, terminal,
                      [&](LabelledRecord record, const RecordPlace&) -> absl::Status {
                        if (!record.has_labels)
                          return absl::InvalidArgumentError("category: is required here");
                        // The measures need the labels alone.
                        const Ticket ticket = std::exchange(record.ticket, Ticket());
                        for (size_t i = 0; i < classifiers.size(); ++i) {
                          (*judged)[i].push_back({record, classifiers[i]->Classify(ticket)});
                        }
                        return absl::OkStatus();
                      });
}

absl::Status RunComparison(const EvaluateOptions& options, const Terminal& terminal) {
  std::vector<SharedClassifier> classifiers;
  for (const std::string& name : options.compare) {
    ASSIGN_OR_RETURN(SharedClassifier classifier,
                     LoadClassifier(name == kBuiltInModel ? "" : name));
    classifiers.push_back(std::move(classifier));
  }
  std::vector<std::vector<JudgedVerdict>> judged;
  absl::Status read = Judge(options.files, classifiers, terminal, &judged);
  std::mt19937_64 random(kSeed);
  const Comparison comparison = Compare(judged[0], judged[1], kResamples, random);
  const ComparedModels models{options.compare[0], options.compare[1],
                              classifiers[0]->model_version(), classifiers[1]->model_version()};
  terminal.out << (options.format == OutputFormat::kJson ? ComparisonJson(comparison, models)
                                                         : ComparisonText(comparison, models));
  return read;
}

absl::Status Run(const EvaluateOptions& options, const Terminal& terminal) {
  if (!options.compare.empty()) return RunComparison(options, terminal);
  ASSIGN_OR_RETURN(const SharedClassifier classifier, LoadClassifier(options.model));
  std::vector<std::vector<JudgedVerdict>> judged;
  absl::Status read = Judge(options.files, {classifier}, terminal, &judged);
  const Evaluation evaluation = Evaluate(judged[0]);
  const std::string& version = classifier->model_version();
  terminal.out << (options.format == OutputFormat::kJson ? EvaluationJson(evaluation, version)
                                                         : EvaluationText(evaluation, version));
  return read;
}

}  // namespace

void AddEvaluateCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Measures the classifier against labelled records");
  AddJsonLinesOptions(*command, &options->files);
  AddModelOption(*command, &options->model);
  command
      ->add_option("--compare", options->compare,
                   "Says whether model B is better than A on the same records; \"built-in\" is the "
                   "one linked in")
      ->expected(2)
      ->allow_extra_args(false)
      ->type_name("A B")
      ->excludes("--model");
  AddFormatOption(*command, &options->format);
  command->add_flag_callback(
      "--json", [options] { options->format = OutputFormat::kJson; }, "The same as --format json");
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
