#include "service/cli/client.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include "service/cli/option_types.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

// A report over many projects is larger than the library's default of 4 MiB.
constexpr int kMaxMessageBytes = 64 << 20;

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::vector<std::string> FieldFaults(const std::string& details) {
  std::vector<std::string> faults;
  google::rpc::Status status;
  if (!status.ParseFromString(details)) return faults;
  for (const google::protobuf::Any& any : status.details()) {
    google::rpc::BadRequest bad;
    if (!any.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      faults.push_back(absl::StrCat(violation.field(), ": ", violation.description()));
    }
  }
  return faults;
}

}  // namespace

void AddConnectionOptions(CLI::App& command, ConnectionOptions* options) {
  command.add_option("--address", options->address, "Where clearwayd listens")
      ->envname("CLEARWAY_ADDRESS")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  command.add_option("--tenant", options->tenant, "Whose tickets")
      ->envname("CLEARWAY_TENANT")
      ->capture_default_str()
      ->type_name("NAME");
  AddDurationOption(command, "--timeout", &options->timeout,
                    "How long to wait for an answer (a stream lasts as long as it does)");
}

std::string FullBlockerName(const ConnectionOptions& options, const std::string& blocker) {
  int64_t id = 0;
  return absl::SimpleAtoi(blocker, &id) ? BlockerName(options.tenant, id) : blocker;
}

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  std::string message = absl::StrCat(absl::StatusCodeToString(code), ": ", status.error_message());
  AppendFaults(FieldFaults(status.error_details()), &message);
  return absl::Status(code, message);
}

void AppendFaults(const std::vector<std::string>& faults, std::string* message) {
  for (const std::string& fault : faults) {
    if (!absl::StrContains(*message, fault)) absl::StrAppend(message, "; ", fault);
  }
}

Client::Client(const ConnectionOptions& options)
    : timeout_(options.timeout), channel_(Connect(options.address)) {}

}  // namespace clearway
