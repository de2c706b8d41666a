#include <memory>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/cli/commands.h"
#include "service/cli/model_file.h"
#include "service/cli/option_types.h"
#include "service/cli/record_files.h"
#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

using Json = nlohmann::ordered_json;

struct ClassifyOptions {
  std::vector<std::string> files;
  std::string model;
};

Json EvidenceJson(const std::vector<Evidence>& evidence) {
  Json array = Json::array();
  for (const Evidence& span : evidence) {
    array.push_back(
        Json{{"field", span.field}, {"begin", span.begin}, {"end", span.end}, {"text", span.text}});
  }
  return array;
}

std::string VerdictLine(const std::string& id, const Classification& verdict) {
  const Json json = {{"id", id},
                     {"category", std::string(CategoryName(verdict.category))},
                     {"reason", std::string(ReasonName(verdict.reason))},
                     {"secondary", std::string(CategoryName(verdict.secondary))},
                     {"confidence", verdict.confidence},
                     {"waiting_on", verdict.waiting_on},
                     {"evidence", EvidenceJson(verdict.evidence)},
                     {"model_version", verdict.model_version}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::Status Run(const ClassifyOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Classifier> classifier,
                   LoadClassifier(options.model));
  return VisitRecords(options.files, RecordLabels::kIgnored, terminal,
                      [&](const LabelledRecord& record, const RecordPlace&) {
                        terminal.out << VerdictLine(record.id, classifier->Classify(record.ticket))
                                     << "\n";
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
