#include "service/report/report.h"

#include <memory>
#include <string>

#include "clearway/v1/report_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/option_types.h"
#include "service/escalation/wording.h"
#include "service/report/render.h"
#include "service/report/wire/report_convert.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

using Service = v1::ReportService;

enum class ReportFormat { kTable, kMarkdown, kJson };

struct ReportOptions {
  ConnectionOptions connection;
  absl::Duration since = absl::Hours(24 * 30);
  std::string project;
  ReportFormat format = ReportFormat::kTable;
  Language language = Language::kEnglish;
};

std::string Render(const BlockerReport& report, const ReportOptions& options) {
  switch (options.format) {
    case ReportFormat::kMarkdown:
      return RenderMarkdown(report, options.language);
    case ReportFormat::kJson:
      return RenderJson(report);
    case ReportFormat::kTable:
      break;
  }
  return RenderTable(report, options.language);
}

absl::Status Run(const ReportOptions& options, const Terminal& terminal) {
  const absl::Time now = terminal.clock.Now();
  v1::GetBlockerReportRequest request;
  request.set_parent(options.connection.parent());
  request.set_project(options.project);
  *request.mutable_start_time() = ToProto(now - options.since);
  ASSIGN_OR_RETURN(
      const v1::GetBlockerReportResponse response,
      Client(options.connection).Call<Service>(&Service::Stub::GetBlockerReport, request));
  BlockerReport report = FromProto(response.report());
  report.tenant = options.connection.tenant;
  report.project = options.project;
  terminal.out << Render(report, options);
  return absl::OkStatus();
}

}  // namespace

void AddReportCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand("report", "Sums blockers up for those who manage");
  AddDurationOption(*command, "--since", &options->since, "How far to look back");
  command->add_option("--project", options->project, "This project alone")->type_name("NAME");
  AddChoiceOption<ReportFormat>(*command, "--format", &options->format,
                                {{"table", ReportFormat::kTable},
                                 {"markdown", ReportFormat::kMarkdown},
                                 {"json", ReportFormat::kJson}},
                                "How to print");
  AddChoiceOption<Language>(*command, "--lang", &options->language,
                            {{"en", Language::kEnglish}, {"zh", Language::kChinese}},
                            "In which language");
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
