#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/classify/timeline.h"
#include "service/cli/commands.h"
#include "service/cli/explain_view.h"
#include "service/cli/model_file.h"
#include "service/cli/one_record.h"
#include "service/cli/option_types.h"

namespace clearway {
namespace {

enum class ExplainFormat { kText, kJson };
enum class ColorChoice { kAuto, kAlways, kNever };

struct ExplainOptions {
  std::string file = "-";
  std::string id;
  // Said on the command line, in place of a file.
  bool spoken = false;
  Ticket ticket;
  std::vector<std::string> comments;
  std::string model;
  bool timeline = false;
  ExplainFormat format = ExplainFormat::kText;
  ColorChoice color = ColorChoice::kAuto;
};

absl::StatusOr<Ticket> TicketOf(const ExplainOptions& options, const Terminal& terminal) {
  if (!options.spoken) {
    ASSIGN_OR_RETURN(LabelledRecord record, ReadOneRecord(options.file, options.id, terminal));
    return std::move(record.ticket);
  }
  Ticket ticket = options.ticket;
  for (const std::string& body : options.comments) ticket.comments.emplace_back().body = body;
  return ticket;
}

absl::Status Run(const ExplainOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Classifier> classifier,
                   LoadClassifier(options.model));
  Explanation explanation;
  ASSIGN_OR_RETURN(explanation.ticket, TicketOf(options, terminal));
  explanation.verdict = classifier->Classify(explanation.ticket);
  if (options.timeline) explanation.timeline = VerdictTimeline(*classifier, explanation.ticket);
  const bool color =
      options.color == ColorChoice::kAuto ? terminal.color : options.color == ColorChoice::kAlways;
  terminal.out << (options.format == ExplainFormat::kJson ? ExplanationJson(explanation)
                                                          : ExplanationText(explanation, color));
  return absl::OkStatus();
}

// A ticket's texts as options. They and a file exclude each other.
void AddTicketOptions(CLI::App& command, ExplainOptions* options) {
  CLI::Option* file =
      command.add_option("file", options->file, "The record to read; - is the standard input")
          ->default_str("-")
          ->type_name("FILE");
  CLI::Option* id =
      command.add_option("--id", options->id, "The record of this id, of several")->type_name("ID");
  const auto add = [&](const std::string& name, auto* value, const std::string& help) {
    command.add_option(name, *value, help)
        ->type_name("TEXT")
        ->allow_extra_args(false)
        ->excludes(file)
        ->excludes(id)
        ->each([options](const std::string&) { options->spoken = true; });
  };
  add("--title", &options->ticket.title, "A ticket's title, in place of a file");
  add("--description", &options->ticket.description, "Its description");
  add("--comment", &options->comments, "A comment, oldest first; may be repeated");
  add("--status", &options->ticket.status, "Its status");
}

}  // namespace

void AddExplainCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand(
      "explain", "Shows why one ticket gets its verdict: which words spoke for it, and how much");
  AddTicketOptions(*command, options.get());
  command->add_flag("--timeline", options->timeline,
                    "The verdict after the description and after each comment, too");
  AddChoiceOption<ExplainFormat>(*command, "--format", &options->format,
                                 {{"text", ExplainFormat::kText}, {"json", ExplainFormat::kJson}},
                                 "How to print");
  AddChoiceOption<ColorChoice>(*command, "--color", &options->color,
                               {{"auto", ColorChoice::kAuto},
                                {"always", ColorChoice::kAlways},
                                {"never", ColorChoice::kNever}},
                               "Colours; auto: on a terminal, unless NO_COLOR is set");
  AddModelOption(*command, &options->model);
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
