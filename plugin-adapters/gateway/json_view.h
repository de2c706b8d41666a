#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace clearway {

// A place in a document, with or without a value, for reading what others wrote: what is absent or
// null reads as empty, what has the wrong kind reads as empty too and leaves a fault. So an adapter
// reads all it wants and looks for a fault once, at the end.
//
// The document and the fault must outlive the view. A fault names the place, never the value.
class JsonView {
 public:
  // `fault` is set once, to INVALID_ARGUMENT, by the first value of the wrong kind.
  JsonView(const nlohmann::json& document, absl::Status* fault) : JsonView(&document, "", fault) {}

  // There is a value, though it may be null.
  bool present() const { return value_ != nullptr; }
  // There is a value other than null.
  bool has_value() const { return value_ != nullptr && !value_->is_null(); }
  bool is_text() const { return value_ != nullptr && value_->is_string(); }
  bool is_object() const { return value_ != nullptr && value_->is_object(); }

  // A member of an object.
  JsonView operator[](const char* name) const;

  std::string Text() const;
  // A string, or an integer in decimal.
  std::string Id() const;
  // An integer, or one in a string; 0 where there is none.
  int64_t Integer() const;
  // See ParseTrackerTime. Nullopt when absent, null or empty.
  std::optional<absl::Time> Time() const;
  // Milliseconds since 1970.
  std::optional<absl::Time> TimeMillis() const;
  // The items of an array.
  std::vector<JsonView> Items() const;
  // The names of an object's members.
  std::vector<std::string> Names() const;

  // The value itself; a null pointer where there is none.
  const nlohmann::json* raw() const { return value_; }

  // Leaves a fault about this place: `what` reads on from its name ("must be text").
  void Fault(absl::string_view what) const;

 private:
  JsonView(const nlohmann::json* value, std::string path, absl::Status* fault)
      : value_(value), path_(std::move(path)), fault_(fault) {}

  const nlohmann::json* value_;
  std::string path_;
  absl::Status* fault_;
};

}  // namespace clearway
