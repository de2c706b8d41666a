#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "clearway/v1/erasure_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/confirm.h"
#include "service/cli/option_types.h"
#include "service/cli/paging.h"
#include "service/cli/proto_text.h"
#include "service/report/text_table.h"

namespace clearway {
namespace {

using Service = v1::ErasureService;

struct EraseOptions {
  ConnectionOptions connection;
  std::string source;
  std::string ticket;
  std::string author;
  std::string actor;
  std::string reason;
  bool yes = false;
  OutputFormat format = OutputFormat::kTable;
};

struct ListOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  int limit = 50;
};

std::string KindName(v1::ErasureKind kind) {
  if (!v1::ErasureKind_IsValid(kind)) return absl::StrCat(static_cast<int>(kind));
  return v1::ErasureKind_Name(kind).substr(std::string("ERASURE_KIND_").size());
}

std::string ErasureTable(const std::vector<v1::Erasure>& erasures) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::Erasure& erasure : erasures) {
    rows.push_back({erasure.name().substr(erasure.name().rfind('/') + 1),
                    TimeText(true, erasure.create_time()), KindName(erasure.kind()),
                    erasure.subject(), erasure.actor(), erasure.reason(),
                    absl::StrCat(erasure.row_count()), erasure.done() ? "yes" : "not yet"});
  }
  return FormatTable({{"NO", true},
                      {"TIME (UTC)"},
                      {"KIND"},
                      {"SUBJECT", false, 40},
                      {"BY", false, 20},
                      {"WHY", false, 40},
                      {"ROWS", true},
                      {"DONE"}},
                     rows);
}

void Print(const v1::Erasure& erasure, OutputFormat format, const Terminal& terminal) {
  terminal.out << (format == OutputFormat::kJson ? JsonLine(erasure) + "\n"
                                                 : ErasureTable({erasure}));
}

absl::StatusOr<v1::Erasure> EraseTicket(const EraseOptions& options) {
  v1::EraseTicketTextsRequest request;
  request.set_parent(options.connection.parent());
  request.set_source(options.source);
  request.set_ticket(options.ticket);
  request.set_actor(options.actor);
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(
      const v1::EraseTicketTextsResponse response,
      Client(options.connection).Call<Service>(&Service::Stub::EraseTicketTexts, request));
  return response.erasure();
}

absl::StatusOr<v1::Erasure> EraseAuthor(const EraseOptions& options) {
  v1::EraseAuthorTextsRequest request;
  request.set_parent(options.connection.parent());
  request.set_author(options.author);
  request.set_actor(options.actor);
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(
      const v1::EraseAuthorTextsResponse response,
      Client(options.connection).Call<Service>(&Service::Stub::EraseAuthorTexts, request));
  return response.erasure();
}

absl::Status Erase(const EraseOptions& options, const Terminal& terminal) {
  const bool one = options.author.empty();
  RETURN_IF_ERROR(
      Confirm(absl::StrCat("Erase the texts of ", one ? "ticket " + options.ticket : "the author",
                           " in ", options.connection.tenant, "? It cannot be undone."),
              options.yes, terminal));
  ASSIGN_OR_RETURN(const v1::Erasure erasure, one ? EraseTicket(options) : EraseAuthor(options));
  Print(erasure, options.format, terminal);
  return absl::OkStatus();
}

absl::Status List(const ListOptions& options, const Terminal& terminal) {
  const Client client(options.connection);
  v1::ListErasuresRequest request;
  request.set_parent(options.connection.parent());
  std::vector<v1::Erasure> erasures;
  RETURN_IF_ERROR(ReadPages(
      request, options.limit,
      [&](const v1::ListErasuresRequest& page) {
        return client.Call<Service>(&Service::Stub::ListErasures, page);
      },
      [&](const v1::ListErasuresResponse& page) {
        for (const v1::Erasure& erasure : page.erasures()) {
          if (options.format == OutputFormat::kJson) {
            terminal.out << JsonLine(erasure) << "\n";
          } else {
            erasures.push_back(erasure);
          }
        }
        return page.erasures_size();
      }));
  if (options.format == OutputFormat::kTable) terminal.out << ErasureTable(erasures);
  return absl::OkStatus();
}

void CheckGiven(const EraseOptions& options) {
  const bool ticket = !options.ticket.empty() && !options.source.empty();
  if (!ticket && options.author.empty()) {
    throw CLI::RequiredError("--author, or --source and --ticket,");
  }
  if (!options.author.empty() && (!options.ticket.empty() || !options.source.empty())) {
    throw CLI::ValidationError("--author", "is for all tickets; leave --source and --ticket out");
  }
}

}  // namespace

void AddEraseCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<EraseOptions>();
  CLI::App* command = app.add_subcommand(
      "erase", "Takes the texts of a ticket or an author out of all that is kept");
  command->add_option("--source", options->source, "The ticket's tool, say jira")
      ->type_name("NAME");
  command->add_option("--ticket", options->ticket, "The ticket's key in that tool")
      ->type_name("KEY");
  command->add_option("--author", options->author, "In place of a ticket: a login or account id")
      ->type_name("ID");
  command->add_option("--actor", options->actor, "Who asks")
      ->envname("USER")
      ->required()
      ->type_name("NAME");
  command->add_option("--reason", options->reason, "Why; a case number, for it is kept")
      ->type_name("TEXT");
  command->add_flag("--yes", options->yes, "Does it without asking");
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  command->callback([&context, options] {
    CheckGiven(*options);
    context.action = [&context, options] { return Erase(*options, context.terminal); };
  });
}

void AddErasuresCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      app.add_subcommand("erasures", "Lists what was erased or deleted, newest first");
  command->add_option("--limit", options->limit, "At most so many; 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->type_name("COUNT");
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &List);
}

}  // namespace clearway
