#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/classify/evaluation.h"
#include "service/classify/last_word.h"
#include "service/classify/record.h"
#include "service/classify/trainer.h"
#include "service/classify/word_classes.h"
#include "service/cli/commands.h"
#include "service/cli/evaluation_view.h"

namespace clearway {
namespace {

struct TrainCommandOptions {
  std::vector<std::string> data;
  std::vector<std::string> last_words;
  std::vector<std::string> word_classes;
  std::string output;
};

absl::Status WriteFile(const std::string& path, const std::string& bytes) {
  // A reader of the old file must never see half of the new one.
  const std::string unfinished = path + ".part";
  {
    std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", unfinished));
  }
  std::error_code error;
  std::filesystem::rename(unfinished, path, error);
  if (error)
    return absl::UnavailableError(absl::StrCat("cannot write ", path, ": ", error.message()));
  return absl::OkStatus();
}

absl::Status Run(const TrainCommandOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(std::vector<LabelledRecord> records, ReadLabelledFiles(options.data));
  ASSIGN_OR_RETURN(const std::vector<LastWord> last_words, ReadLastWords(options.last_words));
  TrainOptions training;
  ASSIGN_OR_RETURN(training.word_classes, ReadWordClasses(options.word_classes));
  ASSIGN_OR_RETURN(TrainingResult trained, TrainModel(records, last_words, training));
  RETURN_IF_ERROR(WriteFile(options.output, SerializeModel(trained.model)));
  std::vector<JudgedVerdict> judged;
  for (size_t i = 0; i < records.size(); ++i) {
    judged.push_back({std::move(records[i]), std::move(trained.held_out[i])});
  }
  terminal.out << "Trained on " << judged.size() << " records, written to " << options.output
               << ".\nWhat models that had not seen a record said of it (" << training.folds
               << "-fold cross-validation):\n\n"
               << EvaluationText(Evaluate(judged), trained.model.version)
               << "\nBlocked records with a last word behind them that neither had been seen:\n  "
               << trained.lifted.right << " of " << trained.lifted.cases
               << " that lift the blocker end it, " << trained.not_lifted.right << " of "
               << trained.not_lifted.cases << " that do not leave it.\n";
  return absl::OkStatus();
}

}  // namespace

void AddTrainCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<TrainCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "train", "Trains a model on labelled records; the same records give the same bytes");
  command
      ->add_option("--data", options->data,
                   "JSON Lines of labelled records, or a folder of .jsonl files; may be repeated")
      ->required();
  command->add_option("--last-words", options->last_words,
                      "JSON Lines of comments that lift a blocker or do not, or a folder of them; "
                      "teach when the last comment ends a blocker; may be repeated");
  command->add_option("--word-classes", options->word_classes,
                      "Words that behave alike, one class a line; what is learned of one helps to "
                      "name who must act by another; may be repeated");
  command->add_option("--output", options->output, "The model file to write")->required();
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
