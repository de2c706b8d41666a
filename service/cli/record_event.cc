#include "service/cli/record_event.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

#include "service/base/status_macros.h"
#include "service/wire/convert.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

using Json = nlohmann::json;

// The API takes ids of up to 256 bytes; a hash and its dash follow.
constexpr size_t kMaxIdBytes = 230;

uint64_t Fnv1a(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string EventId(const std::string& record_id, absl::string_view line) {
  size_t end = std::min(record_id.size(), kMaxIdBytes);
  while (end < record_id.size() && end > 0 &&
         (static_cast<unsigned char>(record_id[end]) & 0xC0) == 0x80) {
    --end;
  }
  return absl::StrFormat("%s-%016x", record_id.substr(0, end), Fnv1a(line));
}

absl::Status Wrong(absl::string_view key, absl::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat(key, ": must be ", wanted));
}

// Reads the keys of one object. Those that are absent or null leave what they would have set.
class Extras {
 public:
  explicit Extras(const Json& object) : object_(object) {}

  absl::Status Read(const char* key, std::string* out) const {
    const Json* value = Find(key);
    if (value == nullptr) return absl::OkStatus();
    if (!value->is_string()) return Wrong(key, "a string");
    *out = value->get_ref<const std::string&>();
    return absl::OkStatus();
  }

  absl::Status Read(const char* key, bool* out) const {
    const Json* value = Find(key);
    if (value == nullptr) return absl::OkStatus();
    if (!value->is_boolean()) return Wrong(key, "true or false");
    *out = value->get<bool>();
    return absl::OkStatus();
  }

  absl::Status Read(const char* key, std::optional<absl::Time>* out) const {
    std::string text;
    RETURN_IF_ERROR(Read(key, &text));
    if (text.empty()) return absl::OkStatus();
    absl::Time time;
    std::string unused;
    if (!absl::ParseTime(absl::RFC3339_full, text, &time, &unused)) {
      return Wrong(key, "a time like 2026-01-31T09:00:00Z");
    }
    *out = time;
    return absl::OkStatus();
  }

  absl::Status Read(const char* key, Priority* out) const {
    std::string name;
    RETURN_IF_ERROR(Read(key, &name));
    if (name.empty()) return absl::OkStatus();
    v1::Priority priority;
    if (!v1::Priority_Parse(absl::StrCat("PRIORITY_", name), &priority)) {
      return Wrong(key, "LOWEST, LOW, MEDIUM, HIGH or HIGHEST");
    }
    *out = FromProto(priority);
    return absl::OkStatus();
  }

 private:
  const Json* Find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  const Json& object_;
};

}  // namespace

absl::StatusOr<v1::TicketEvent> MakeEvent(const LabelledRecord& record, absl::string_view line,
                                          int64_t sequence, const EventDefaults& defaults) {
  // The line has been read as a record before: it is an object.
  const Json object = Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  const Extras extras(object);
  Ticket ticket = record.ticket;
  ticket.project = defaults.project;
  std::string id;
  std::optional<absl::Time> time;
  RETURN_IF_ERROR(extras.Read("event_id", &id));
  RETURN_IF_ERROR(extras.Read("event_time", &time));
  RETURN_IF_ERROR(extras.Read("create_time", &ticket.create_time));
  RETURN_IF_ERROR(extras.Read("due_time", &ticket.due_time));
  RETURN_IF_ERROR(extras.Read("project", &ticket.project));
  RETURN_IF_ERROR(extras.Read("assignee", &ticket.assignee));
  RETURN_IF_ERROR(extras.Read("reporter", &ticket.reporter));
  RETURN_IF_ERROR(extras.Read("url", &ticket.url));
  RETURN_IF_ERROR(extras.Read("priority", &ticket.priority));
  RETURN_IF_ERROR(extras.Read("done", &ticket.done));
  RETURN_IF_ERROR(extras.Read("flagged", &ticket.flagged));

  v1::TicketEvent event;
  event.set_tenant(defaults.tenant);
  event.set_source(defaults.source);
  event.set_event_id(id.empty() ? EventId(record.id, line) : id);
  *event.mutable_event_time() = ToProto(time.value_or(defaults.time));
  event.set_sequence(sequence);
  ToProto(ticket, event.mutable_ticket());
  return event;
}

}  // namespace clearway
