#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace clearway {

// Same numbers as clearway.v1.Priority.
enum class Priority {
  kUnspecified = 0,
  kLowest = 1,
  kLow = 2,
  kMedium = 3,
  kHigh = 4,
  kHighest = 5,
};
inline constexpr int kPriorityCount = 6;

// Names as in the API without prefix ("HIGHEST"; "UNSPECIFIED" for none).
absl::string_view PriorityName(Priority priority);
std::optional<Priority> ParsePriority(absl::string_view name);

struct Comment {
  std::string id;
  std::string author;
  std::string body;
  // InfinitePast: not said.
  absl::Time create_time = absl::InfinitePast();
  absl::Time update_time = absl::InfinitePast();

  friend bool operator==(const Comment&, const Comment&) = default;
};

struct TicketLink {
  std::string type;
  std::string key;

  friend bool operator==(const TicketLink&, const TicketLink&) = default;
};

// A ticket as its tool shows it. Texts are UTF-8.
struct Ticket {
  std::string key;
  std::string project;
  std::string title;
  std::string description;
  // Oldest first.
  std::vector<Comment> comments;
  std::string status;
  bool done = false;
  bool flagged = false;
  std::vector<std::string> labels;
  std::vector<TicketLink> links;
  std::string assignee;
  std::string reporter;
  Priority priority = Priority::kUnspecified;
  std::optional<absl::Time> create_time;
  std::optional<absl::Time> due_time;
  std::string url;

  friend bool operator==(const Ticket&, const Ticket&) = default;
};

// Where a ticket lives; the identity of everything kept about it.
struct TicketKey {
  std::string tenant;
  std::string source;
  std::string key;

  friend auto operator<=>(const TicketKey&, const TicketKey&) = default;
};

}  // namespace clearway
