#include "service/cli/proto_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/json_util.h"

#include "service/wire/time.h"

namespace clearway {
namespace {

std::string Bare(const std::string& name, absl::string_view prefix, int number) {
  if (number == 0) return "";
  return name.empty() ? absl::StrCat(number) : std::string(absl::StripPrefix(name, prefix));
}

}  // namespace

std::string JsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  return status.ok() ? json : "{}";
}

std::string NameOf(v1::Category category) {
  return Bare(v1::Category_Name(category), "CATEGORY_", category);
}
std::string NameOf(v1::Reason reason) { return Bare(v1::Reason_Name(reason), "REASON_", reason); }
std::string NameOf(v1::BlockerState state) {
  return Bare(v1::BlockerState_Name(state), "BLOCKER_STATE_", state);
}

std::string TimeText(bool present, const google::protobuf::Timestamp& time) {
  if (!present) return "-";
  return absl::FormatTime("%Y-%m-%d %H:%M", FromProto(time), absl::UTCTimeZone());
}

}  // namespace clearway
