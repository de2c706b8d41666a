#include "service/cli/feedback_export.h"

#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "clearway/v1/blocker_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/classify/record_writer.h"
#include "service/cli/client.h"
#include "service/cli/option_types.h"
#include "service/cli/paging.h"
#include "service/wire/convert.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

using Service = v1::BlockerService;

constexpr char kSource[] = "feedback";

struct ExportOptions {
  ConnectionOptions connection;
  // Zero: from the beginning.
  absl::Duration since = absl::ZeroDuration();
};

LabelledRecord RecordOf(const v1::Feedback& feedback) {
  LabelledRecord record;
  record.ticket = FromProto(feedback.snapshot());
  record.has_labels = true;
  record.lang = feedback.language();
  record.category = FromProto(feedback.category());
  record.reason = FromProto(feedback.reason());
  // Who confirms a category and says no more lets the reason stand.
  if (record.reason == Reason::kUnspecified && feedback.category() == feedback.verdict_category()) {
    record.reason = FromProto(feedback.verdict_reason());
  }
  record.secondary = FromProto(feedback.secondary());
  record.waiting_on = feedback.waiting_on();
  return record;
}

// Prints each judgement that is the latest on its state of a ticket. They come newest first.
class Exporter {
 public:
  explicit Exporter(const Terminal& terminal) : terminal_(terminal) {}

  void Take(const v1::Feedback& feedback) {
    if (!feedback.has_snapshot()) return;
    LabelledRecord record = RecordOf(feedback);
    LabelledRecord unlabelled = record;
    unlabelled.has_labels = false;
    if (!seen_.insert(WriteRecord(unlabelled, TicketOf(feedback))).second) return;
    record.id = IdOf(feedback);
    const std::string line = WriteRecord(record, kSource);
    if (line.size() > kMaxRecordBytes) {
      terminal_.err << feedback.name() << ": left out, longer than 4 MiB\n";
      return;
    }
    terminal_.out << line << "\n";
  }

 private:
  static std::string TicketOf(const v1::Feedback& feedback) {
    return absl::StrCat(feedback.source(), "/", feedback.ticket());
  }

  // "feedback-acme-7" of tenants/acme/feedback/7: unique among exports of all tenants.
  static std::string IdOf(const v1::Feedback& feedback) {
    const std::string& name = feedback.name();
    const size_t tenant = name.find('/') + 1;
    const size_t end = name.find('/', tenant);
    return absl::StrCat(kSource, "-", name.substr(tenant, end - tenant), "-",
                        name.substr(name.rfind('/') + 1));
  }

  const Terminal& terminal_;
  std::set<std::string> seen_;
};

absl::Status Export(const ExportOptions& options, const Terminal& terminal) {
  const Client client(options.connection);
  v1::ListFeedbackRequest request;
  request.set_parent(options.connection.parent());
  if (options.since > absl::ZeroDuration()) {
    *request.mutable_start_time() = ToProto(absl::Now() - options.since);
  }
  Exporter exporter(terminal);
  return ReadPages(
      request, /*limit=*/0,
      [&](const v1::ListFeedbackRequest& page) {
        return client.Call<Service>(&Service::Stub::ListFeedback, page);
      },
      [&](const v1::ListFeedbackResponse& page) {
        for (const v1::Feedback& feedback : page.feedback()) exporter.Take(feedback);
        return page.feedback_size();
      });
}

}  // namespace

void AddFeedbackExport(CLI::App& feedback, CommandContext& context) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = feedback.add_subcommand(
      "export", "Prints judgements as JSON Lines of records that train and evaluate read");
  AddDurationOption(*command, "--since", &options->since,
                    "How far back to go, for example 30d; all of it where left out");
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Export);
}

}  // namespace clearway
