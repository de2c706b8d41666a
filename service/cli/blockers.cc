#include <memory>
#include <string>
#include <vector>

#include "clearway/v1/blocker_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/blocker_view.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/option_types.h"
#include "service/cli/paging.h"
#include "service/cli/proto_text.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

using Service = v1::BlockerService;

struct ListOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  std::string filter;
  int limit = 50;
};

struct GetOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  std::string blocker;
};

// Of acknowledging, snoozing and resolving.
struct ChangeOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  std::string blocker;
  std::string actor;
  std::string note;
  // Of snoozing alone.
  absl::Duration snooze = absl::Hours(24);
};

void PrintOne(const v1::Blocker& blocker, OutputFormat format, const Terminal& terminal) {
  terminal.out << (format == OutputFormat::kJson ? JsonLine(blocker) + "\n"
                                                 : BlockerDetails(blocker, terminal.clock.Now()));
}

absl::Status List(const ListOptions& options, const Terminal& terminal) {
  const Client client(options.connection);
  v1::ListBlockersRequest request;
  request.set_parent(options.connection.parent());
  request.set_filter(options.filter);
  std::vector<v1::Blocker> blockers;
  RETURN_IF_ERROR(ReadPages(
      request, options.limit,
      [&](const v1::ListBlockersRequest& page) {
        return client.Call<Service>(&Service::Stub::ListBlockers, page);
      },
      [&](const v1::ListBlockersResponse& page) {
        for (const v1::Blocker& blocker : page.blockers()) {
          if (options.format == OutputFormat::kJson) {
            terminal.out << JsonLine(blocker) << "\n";
          } else {
            blockers.push_back(blocker);
          }
        }
        return page.blockers_size();
      }));
  if (options.format == OutputFormat::kTable) {
    terminal.out << BlockerTable(blockers, terminal.clock.Now());
  }
  return absl::OkStatus();
}

absl::Status Get(const GetOptions& options, const Terminal& terminal) {
  v1::GetBlockerRequest request;
  request.set_name(FullBlockerName(options.connection, options.blocker));
  ASSIGN_OR_RETURN(const v1::GetBlockerResponse response,
                   Client(options.connection).Call<Service>(&Service::Stub::GetBlocker, request));
  PrintOne(response.blocker(), options.format, terminal);
  return absl::OkStatus();
}

template <typename Request, typename Response>
absl::Status Change(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                          Response*),
                    const ChangeOptions& options, const Terminal& terminal) {
  Request request;
  request.set_name(FullBlockerName(options.connection, options.blocker));
  request.set_actor(options.actor);
  request.set_note(options.note);
  ASSIGN_OR_RETURN(const Response response,
                   Client(options.connection).Call<Service>(method, request));
  PrintOne(response.blocker(), options.format, terminal);
  return absl::OkStatus();
}

absl::Status Snooze(const ChangeOptions& options, const Terminal& terminal) {
  v1::SnoozeBlockerRequest request;
  request.set_name(FullBlockerName(options.connection, options.blocker));
  request.set_actor(options.actor);
  request.set_note(options.note);
  *request.mutable_snooze_end_time() = ToProto(terminal.clock.Now() + options.snooze);
  ASSIGN_OR_RETURN(
      const v1::SnoozeBlockerResponse response,
      Client(options.connection).Call<Service>(&Service::Stub::SnoozeBlocker, request));
  PrintOne(response.blocker(), options.format, terminal);
  return absl::OkStatus();
}

void AddBlockerArgument(CLI::App& command, std::string* blocker) {
  command.add_option("blocker", *blocker, "Its number, or tenants/TENANT/blockers/NUMBER")
      ->required();
}

void AddList(CLI::App& blockers, CommandContext& context) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = blockers.add_subcommand("list", "Lists blockers, newest first");
  command
      ->add_option("--filter", options->filter,
                   "For example: state = OPEN AND category = CROSS_TEAM")
      ->type_name("FILTER");
  command->add_option("--limit", options->limit, "At most so many; 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->type_name("COUNT");
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &List);
}

void AddGet(CLI::App& blockers, CommandContext& context) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* command = blockers.add_subcommand("get", "Shows one blocker with its history");
  AddBlockerArgument(*command, &options->blocker);
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Get);
}

// What the commands that change a blocker have in common.
void AddChangeOptions(CLI::App& command, ChangeOptions* options) {
  AddBlockerArgument(command, &options->blocker);
  command.add_option("--actor", options->actor, "Who says so")
      ->envname("USER")
      ->required()
      ->type_name("NAME");
  command.add_option("--note", options->note, "Why")->type_name("TEXT");
  AddFormatOption(command, &options->format);
  AddConnectionOptions(command, &options->connection);
}

void AddSnooze(CLI::App& blockers, CommandContext& context) {
  auto options = std::make_shared<ChangeOptions>();
  CLI::App* command =
      blockers.add_subcommand("snooze", "Puts a blocker off: its ladder rests for a while");
  AddDurationOption(*command, "--for", &options->snooze, "How long");
  AddChangeOptions(*command, options.get());
  OnCall(*command, context, options, &Snooze);
}

template <typename Method>
void AddChange(CLI::App& blockers, CommandContext& context, const std::string& name,
               const std::string& help, Method method) {
  auto options = std::make_shared<ChangeOptions>();
  CLI::App* command = blockers.add_subcommand(name, help);
  AddChangeOptions(*command, options.get());
  OnCall(*command, context, options,
         [method](const ChangeOptions& chosen, const Terminal& terminal) {
           return Change(method, chosen, terminal);
         });
}

}  // namespace

void AddBlockersCommand(CLI::App& app, CommandContext& context) {
  CLI::App* blockers = app.add_subcommand("blockers", "Looks at blockers and takes them up");
  blockers->require_subcommand(1);
  AddList(*blockers, context);
  AddGet(*blockers, context);
  AddChange(*blockers, context, "ack", "Takes a blocker up: its ladder rests",
            &Service::Stub::AcknowledgeBlocker);
  AddSnooze(*blockers, context);
  AddChange(*blockers, context, "resolve", "Ends a blocker by a person's word",
            &Service::Stub::ResolveBlocker);
}

}  // namespace clearway
