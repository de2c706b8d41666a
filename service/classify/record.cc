#include "service/classify/record.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "service/base/status_macros.h"
#include "service/classify/jsonl_files.h"

namespace clearway {
namespace {

using Json = nlohmann::json;

// Deeper nesting is refused before it is built: each level would cost memory.
constexpr int kMaxDepth = 64;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Walks JSON without building it, to say what is wrong with it.
class JsonCheck final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return Deeper(); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(size_t) override { return Deeper(); }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    error_ = absl::StrCat("not valid JSON in UTF-8 at byte ", position);
    return false;
  }

  const std::string& error() const { return error_; }

 private:
  bool Deeper() {
    if (++depth_ <= kMaxDepth) return true;
    error_ = absl::StrCat("nested deeper than ", kMaxDepth, " levels");
    return false;
  }

  int depth_ = 0;
  std::string error_;
};

absl::StatusOr<Json> ParseJson(absl::string_view text) {
  JsonCheck check;
  if (!Json::sax_parse(text.begin(), text.end(), &check)) {
    return absl::InvalidArgumentError(check.error());
  }
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

absl::Status WrongType(absl::string_view path, absl::string_view wanted, const Json& value) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": must be ", wanted, ", is ", value.type_name()));
}

// nullptr when the key is absent or null.
const Json* Find(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

absl::Status ReadString(const Json& object, const char* key, absl::string_view path,
                        std::string* out) {
  const Json* value = Find(object, key);
  if (value == nullptr) return absl::OkStatus();
  if (!value->is_string()) return WrongType(absl::StrCat(path, key), "a string", *value);
  *out = value->get_ref<const std::string&>();
  return absl::OkStatus();
}

// Calls `read(element, "key[i]", ticket)` for each element.
absl::Status ReadArray(const Json& object, const char* key,
                       absl::Status (*read)(const Json&, const std::string&, Ticket*),
                       Ticket* ticket) {
  const Json* array = Find(object, key);
  if (array == nullptr) return absl::OkStatus();
  if (!array->is_array()) return WrongType(key, "an array", *array);
  for (size_t i = 0; i < array->size(); ++i) {
    RETURN_IF_ERROR(read((*array)[i], absl::StrCat(key, "[", i, "]"), ticket));
  }
  return absl::OkStatus();
}

absl::Status ReadComment(const Json& value, const std::string& path, Ticket* ticket) {
  if (!value.is_object()) return WrongType(path, "an object", value);
  Comment& comment = ticket->comments.emplace_back();
  RETURN_IF_ERROR(ReadString(value, "author", path + ".", &comment.author));
  return ReadString(value, "body", path + ".", &comment.body);
}

absl::Status ReadLabel(const Json& value, const std::string& path, Ticket* ticket) {
  if (!value.is_string()) return WrongType(path, "a string", value);
  ticket->labels.push_back(value.get_ref<const std::string&>());
  return absl::OkStatus();
}

absl::Status ReadLink(const Json& value, const std::string& path, Ticket* ticket) {
  if (!value.is_object()) return WrongType(path, "an object", value);
  TicketLink& link = ticket->links.emplace_back();
  RETURN_IF_ERROR(ReadString(value, "type", path + ".", &link.type));
  return ReadString(value, "key", path + ".", &link.key);
}

absl::Status ReadTicket(const Json& object, Ticket* ticket) {
  RETURN_IF_ERROR(ReadString(object, "title", "", &ticket->title));
  RETURN_IF_ERROR(ReadString(object, "description", "", &ticket->description));
  RETURN_IF_ERROR(ReadString(object, "status", "", &ticket->status));
  RETURN_IF_ERROR(ReadArray(object, "comments", &ReadComment, ticket));
  RETURN_IF_ERROR(ReadArray(object, "labels", &ReadLabel, ticket));
  return ReadArray(object, "links", &ReadLink, ticket);
}

absl::Status ReadCategory(const Json& object, const char* key, Category* category) {
  std::string name;
  RETURN_IF_ERROR(ReadString(object, key, "", &name));
  const std::optional<Category> parsed = ParseCategory(name);
  if (!parsed.has_value() || *parsed == Category::kNeedsReview) {
    return absl::InvalidArgumentError(
        absl::StrCat(key, ": \"", name, "\" is not a category of the taxonomy"));
  }
  *category = *parsed;
  return absl::OkStatus();
}

absl::Status ReadReason(const Json& object, Category category, Reason* reason) {
  std::string name;
  RETURN_IF_ERROR(ReadString(object, "reason", "", &name));
  const std::optional<Reason> parsed = ParseReason(name);
  if (!parsed.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("reason: \"", name, "\" is not a reason of the taxonomy"));
  }
  if (*parsed != Reason::kUnspecified && CategoryOf(*parsed) != category) {
    return absl::InvalidArgumentError(absl::StrCat(
        "reason: ", name, " does not belong to the category ", CategoryName(category)));
  }
  *reason = *parsed;
  return absl::OkStatus();
}

absl::Status ReadLabels(const Json& object, LabelledRecord* record) {
  RETURN_IF_ERROR(ReadCategory(object, "category", &record->category));
  if (record->category == Category::kUnspecified) return absl::OkStatus();
  record->has_labels = true;
  RETURN_IF_ERROR(ReadReason(object, record->category, &record->reason));
  RETURN_IF_ERROR(ReadCategory(object, "secondary", &record->secondary));
  RETURN_IF_ERROR(ReadString(object, "lang", "", &record->lang));
  RETURN_IF_ERROR(ReadString(object, "waiting_on", "", &record->waiting_on));
  return ReadString(object, "difficulty", "", &record->difficulty);
}

}  // namespace

absl::StatusOr<LabelledRecord> ParseRecord(absl::string_view line, RecordLabels labels) {
  ASSIGN_OR_RETURN(const Json object, ParseJson(line));
  if (!object.is_object()) return WrongType("record", "a JSON object", object);
  LabelledRecord record;
  RETURN_IF_ERROR(ReadString(object, "id", "", &record.id));
  if (record.id.empty()) return absl::InvalidArgumentError("id: is required");
  RETURN_IF_ERROR(ReadTicket(object, &record.ticket));
  record.ticket.key = record.id;
  if (labels == RecordLabels::kRead) RETURN_IF_ERROR(ReadLabels(object, &record));
  return record;
}

bool RecordReader::ReadLine(bool* too_long) {
  *too_long = false;
  line_.clear();
  bool any = false;
  std::array<char, 4096> chunk;
  while (!in_.eof() && !in_.bad()) {
    in_.getline(chunk.data(), chunk.size());
    const bool ended = in_.good();
    const size_t taken = static_cast<size_t>(in_.gcount());
    any = any || taken > 0;
    const size_t part = ended ? taken - 1 : taken;
    const size_t kept = std::min(part, kMaxRecordBytes - line_.size());
    line_.append(chunk.data(), kept);
    *too_long = *too_long || kept < part;
    if (ended) break;
    // A full chunk sets the fail bit; the line goes on.
    in_.clear(in_.rdstate() & ~std::ios::failbit);
  }
  if (any) ++line_number_;
  return any;
}

std::optional<absl::StatusOr<LabelledRecord>> RecordReader::Next() {
  const auto at_line = [this](absl::string_view message) {
    return absl::InvalidArgumentError(absl::StrCat(name_, ":", line_number_, ": ", message));
  };
  bool too_long = false;
  while (ReadLine(&too_long)) {
    if (too_long) return at_line("longer than 4 MiB");
    if (line_number_ == 1 && absl::StartsWith(line_, kByteOrderMark)) {
      line_.erase(0, kByteOrderMark.size());
    }
    if (absl::StripAsciiWhitespace(line_).empty()) continue;
    absl::StatusOr<LabelledRecord> record = ParseRecord(line_, labels_);
    if (!record.ok()) return at_line(record.status().message());
    return record;
  }
  if (in_.bad() && !read_failed_) {
    read_failed_ = true;
    return absl::DataLossError(absl::StrCat(name_, ": cannot be read to its end"));
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<LabelledRecord>> ReadLabelledFiles(
    const std::vector<std::string>& paths) {
  absl::StatusOr<std::vector<std::string>> files = ExpandFolders(paths);
  if (!files.ok()) return files.status();
  std::vector<LabelledRecord> records;
  for (const std::string& path : *files) {
    ASSIGN_OR_RETURN(std::ifstream file, OpenFile(path));
    RecordReader reader(file, path, RecordLabels::kRead);
    while (std::optional<absl::StatusOr<LabelledRecord>> record = reader.Next()) {
      if (!record->ok()) return record->status();
      if (!(*record)->has_labels) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ":", reader.line_number(), ": category: is required here"));
      }
      records.push_back(**std::move(record));
    }
  }
  return records;
}

}  // namespace clearway
