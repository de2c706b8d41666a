#include "service/base/yaml_proto.h"

#include <limits>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "yaml-cpp/yaml.h"

#include "service/base/duration.h"
#include "service/base/file.h"
#include "service/base/status_macros.h"

namespace clearway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// "RepeatMode" → "REPEAT_MODE_": the prefix that proto style puts before an enum's values.
std::string EnumPrefix(const EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  return prefix + "_";
}

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == "google.protobuf.Duration";
}

class Parser {
 public:
  Parser(absl::string_view file, YamlLines* lines) : file_(file), lines_(lines) {}

  absl::Status Fill(const YAML::Node& node, const std::string& path, Message* message) const {
    if (node.IsNull()) return absl::OkStatus();
    if (!node.IsMap()) return Fault(node, path, "must be a mapping of keys to values");
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return Fault(entry.first, path, "has a key that is not a word");
      const std::string& key = entry.first.Scalar();
      const std::string where = path.empty() ? key : absl::StrCat(path, ".", key);
      const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(key);
      if (field == nullptr) {
        return Fault(
            entry.first, where,
            absl::StrCat("is not a known key; known here: ", KnownKeys(*message->GetDescriptor())));
      }
      if (!seen.insert(key).second) return Fault(entry.first, where, "is given twice");
      Note(where, entry.first);
      // An empty section or list says nothing; an empty value is a slip. Its node has no line.
      if (entry.second.IsNull() && !field->is_repeated() &&
          (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsDuration(*field))) {
        return Fault(entry.first, where, "has no value");
      }
      RETURN_IF_ERROR(FillField(entry.second, where, field, message));
    }
    return absl::OkStatus();
  }

 private:
  void Note(const std::string& path, const YAML::Node& node) const {
    if (lines_ != nullptr) lines_->emplace(path, node.Mark().line + 1);
  }

  absl::Status Fault(const YAML::Node& node, const std::string& path,
                     absl::string_view what) const {
    const YAML::Mark mark = node.Mark();
    // A value that came from no file has no line.
    const std::string where =
        mark.is_null() ? std::string(file_) : absl::StrCat(file_, ":", mark.line + 1);
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": ", path.empty() ? "the file" : path, " ", what));
  }

  static std::string KnownKeys(const Descriptor& type) {
    std::vector<std::string> names;
    names.reserve(static_cast<size_t>(type.field_count()));
    for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
    return absl::StrJoin(names, ", ");
  }

  absl::Status FillField(const YAML::Node& node, const std::string& path,
                         const FieldDescriptor* field, Message* message) const {
    if (!field->is_repeated()) return FillValue(node, path, field, message);
    if (node.IsNull()) return absl::OkStatus();
    if (!node.IsSequence()) return Fault(node, path, "must be a list");
    size_t i = 0;
    for (const auto& item : node) {
      const std::string where = absl::StrCat(path, "[", i++, "]");
      Note(where, item);
      RETURN_IF_ERROR(FillValue(item, where, field, message));
    }
    return absl::OkStatus();
  }

  // Sets a singular field or appends to a repeated one.
  absl::Status FillValue(const YAML::Node& node, const std::string& path,
                         const FieldDescriptor* field, Message* message) const {
    const Reflection& reflection = *message->GetReflection();
    const bool add = field->is_repeated();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message* child =
          add ? reflection.AddMessage(message, field) : reflection.MutableMessage(message, field);
      if (IsDuration(*field)) return FillDuration(node, path, child);
      return Fill(node, path, child);
    }
    if (!node.IsScalar()) return Fault(node, path, "must be a single value");
    const std::string& text = node.Scalar();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        add ? reflection.AddString(message, field, text)
            : reflection.SetString(message, field, text);
        return absl::OkStatus();
      case FieldDescriptor::CPPTYPE_BOOL: {
        if (text != "true" && text != "false") return Fault(node, path, "must be true or false");
        add ? reflection.AddBool(message, field, text == "true")
            : reflection.SetBool(message, field, text == "true");
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        int32_t value = 0;
        if (!absl::SimpleAtoi(text, &value)) return Fault(node, path, "must be a whole number");
        add ? reflection.AddInt32(message, field, value)
            : reflection.SetInt32(message, field, value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        int64_t value = 0;
        if (!absl::SimpleAtoi(text, &value)) return Fault(node, path, "must be a whole number");
        add ? reflection.AddInt64(message, field, value)
            : reflection.SetInt64(message, field, value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        double value = 0;
        if (!absl::SimpleAtod(text, &value)) return Fault(node, path, "must be a number");
        add ? reflection.AddDouble(message, field, value)
            : reflection.SetDouble(message, field, value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return FillEnum(node, path, field, message);
      default:
        return Fault(node, path, "has a type that configuration files cannot carry");
    }
  }

  absl::Status FillDuration(const YAML::Node& node, const std::string& path,
                            Message* message) const {
    if (!node.IsScalar()) return Fault(node, path, "must be a duration such as 30s, 4h or 2d");
    const absl::StatusOr<absl::Duration> duration = ParseDuration(node.Scalar());
    if (!duration.ok())
      return Fault(node, path, absl::StrCat("cannot be read: ", duration.status().message()));
    auto* proto = static_cast<google::protobuf::Duration*>(message);
    proto->set_seconds(absl::ToInt64Seconds(*duration));
    proto->set_nanos(static_cast<int32_t>(
        absl::ToInt64Nanoseconds(*duration - absl::Seconds(proto->seconds()))));
    return absl::OkStatus();
  }

  absl::Status FillEnum(const YAML::Node& node, const std::string& path,
                        const FieldDescriptor* field, Message* message) const {
    const EnumDescriptor& type = *field->enum_type();
    const std::string prefix = EnumPrefix(type);
    const EnumValueDescriptor* value = type.FindValueByName(prefix + node.Scalar());
    if (value == nullptr || value->number() == 0) {
      std::vector<absl::string_view> names;
      for (int i = 0; i < type.value_count(); ++i) {
        if (type.value(i)->number() == 0) continue;
        names.push_back(absl::StripPrefix(type.value(i)->name(), prefix));
      }
      return Fault(node, path, absl::StrCat("must be one of ", absl::StrJoin(names, ", ")));
    }
    field->is_repeated() ? message->GetReflection()->AddEnum(message, field, value)
                         : message->GetReflection()->SetEnum(message, field, value);
    return absl::OkStatus();
  }

  absl::string_view file_;
  YamlLines* lines_;
};

}  // namespace

absl::Status ParseYaml(absl::string_view yaml, absl::string_view file, Message* message,
                       YamlLines* lines) {
  // yaml-cpp reports by throwing; this is the one place that catches it.
  try {
    return Parser(file, lines).Fill(YAML::Load(std::string(yaml)), "", message);
  } catch (const YAML::Exception& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", e.mark.line + 1, ": is not valid YAML: ", e.msg));
  }
}

absl::Status ParseYamlFile(const std::string& path, Message* message, YamlLines* lines) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path));
  return ParseYaml(yaml, path, message, lines);
}

absl::Status SetYamlValue(absl::string_view origin, const std::string& path,
                          const std::string& text, Message* message) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(parts.first);
  if (field == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(origin, ": ", path, " is not a known key"));
  }
  if (!parts.second.empty()) {
    return SetYamlValue(origin, parts.second, text,
                        message->GetReflection()->MutableMessage(message, field));
  }
  YAML::Node value(text);
  if (field->is_repeated()) {
    message->GetReflection()->ClearField(message, field);
    value = YAML::Node(YAML::NodeType::Sequence);
    for (const absl::string_view item : absl::StrSplit(text, ',', absl::SkipEmpty())) {
      value.push_back(std::string(item));
    }
  }
  YAML::Node map(YAML::NodeType::Map);
  map[path] = value;
  return Parser(origin, nullptr).Fill(map, "", message);
}

}  // namespace clearway
