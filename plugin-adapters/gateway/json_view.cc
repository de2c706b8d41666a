#include "plugin-adapters/gateway/json_view.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "plugin-adapters/gateway/tracker_time.h"

namespace clearway {

JsonView JsonView::operator[](const char* name) const {
  std::string path = path_.empty() ? std::string(name) : absl::StrCat(path_, ".", name);
  if (!has_value()) return {nullptr, std::move(path), fault_};
  if (!value_->is_object()) {
    Fault("must be an object");
    return {nullptr, std::move(path), fault_};
  }
  const auto found = value_->find(name);
  return {found == value_->end() ? nullptr : &*found, std::move(path), fault_};
}

std::string JsonView::Text() const {
  if (!has_value()) return "";
  if (is_text()) return value_->get_ref<const std::string&>();
  Fault("must be text");
  return "";
}

std::string JsonView::Id() const {
  if (!has_value()) return "";
  if (is_text()) return value_->get_ref<const std::string&>();
  if (value_->is_number_unsigned()) return absl::StrCat(value_->get<uint64_t>());
  if (value_->is_number_integer()) return absl::StrCat(value_->get<int64_t>());
  Fault("must be text or a whole number");
  return "";
}

int64_t JsonView::Integer() const {
  const std::string digits = Id();
  int64_t number = 0;
  if (!digits.empty() && !absl::SimpleAtoi(digits, &number)) Fault("must be a whole number");
  return number;
}

std::optional<absl::Time> JsonView::Time() const {
  const std::string text = Text();
  if (text.empty()) return std::nullopt;
  const std::optional<absl::Time> time = ParseTrackerTime(text);
  if (!time.has_value()) Fault("must be a time such as 2026-01-31T12:00:00Z");
  return time;
}

std::optional<absl::Time> JsonView::TimeMillis() const {
  if (!has_value()) return std::nullopt;
  const absl::Time time = absl::FromUnixMillis(Integer());
  if (IsTrackerTime(time)) return time;
  Fault("must be milliseconds since 1970");
  return std::nullopt;
}

std::vector<JsonView> JsonView::Items() const {
  std::vector<JsonView> items;
  if (!has_value()) return items;
  if (!value_->is_array()) {
    Fault("must be a list");
    return items;
  }
  items.reserve(value_->size());
  for (size_t i = 0; i < value_->size(); ++i) {
    items.push_back(JsonView(&(*value_)[i], absl::StrCat(path_, "[", i, "]"), fault_));
  }
  return items;
}

std::vector<std::string> JsonView::Names() const {
  std::vector<std::string> names;
  if (!is_object()) return names;
  for (const auto& member : value_->items()) names.push_back(member.key());
  return names;
}

void JsonView::Fault(absl::string_view what) const {
  if (!fault_->ok()) return;
  *fault_ = absl::InvalidArgumentError(absl::StrCat(path_.empty() ? "the body" : path_, " ", what));
}

}  // namespace clearway
