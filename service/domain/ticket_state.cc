#include "service/domain/ticket_state.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace clearway {
namespace {

constexpr size_t Index(TicketField field) { return static_cast<size_t>(field); }

bool ReadsBefore(const VersionedComment& a, const VersionedComment& b) {
  if (a.comment.create_time != b.comment.create_time) {
    return a.comment.create_time < b.comment.create_time;
  }
  // Numeric ids grow in length before they grow in digits.
  if (a.comment.id.size() != b.comment.id.size()) return a.comment.id.size() < b.comment.id.size();
  return a.comment.id < b.comment.id;
}

class Merger {
 public:
  Merger(const TicketEvent& event, TicketState* state) : event_(event), state_(*state) {}

  bool Run() {
    state_.ticket.key = event_.ticket.key;
    Field(TicketField::kProject, &Ticket::project);
    Field(TicketField::kTitle, &Ticket::title);
    Field(TicketField::kDescription, &Ticket::description);
    Field(TicketField::kStatus, &Ticket::status);
    Field(TicketField::kDone, &Ticket::done);
    Field(TicketField::kFlagged, &Ticket::flagged);
    Field(TicketField::kLabels, &Ticket::labels);
    Field(TicketField::kLinks, &Ticket::links);
    Field(TicketField::kAssignee, &Ticket::assignee);
    Field(TicketField::kReporter, &Ticket::reporter);
    Field(TicketField::kPriority, &Ticket::priority);
    Field(TicketField::kCreateTime, &Ticket::create_time);
    Field(TicketField::kDueTime, &Ticket::due_time);
    Field(TicketField::kUrl, &Ticket::url);
    if (Newer(TicketField::kDeleted)) state_.deleted = event_.deleted;
    if (event_.fields[Index(TicketField::kComments)]) ReplaceComments();
    for (const Comment& comment : event_.comment_upserts) Upsert(comment, /*deleted=*/false);
    for (const std::string& id : event_.deleted_comment_ids) {
      Comment tombstone;
      tombstone.id = id;
      Upsert(std::move(tombstone), /*deleted=*/true);
    }
    if (comments_moved_) std::sort(state_.comments.begin(), state_.comments.end(), ReadsBefore);
    return changed_;
  }

 private:
  // Claims a field for this event if it is newer than what wrote it last.
  bool Newer(TicketField field) {
    Version& held = state_.versions[Index(field)];
    if (event_.version <= held) return false;
    held = event_.version;
    changed_ = true;
    return true;
  }

  template <typename T>
  void Field(TicketField field, T Ticket::*member) {
    if (event_.fields[Index(field)] && Newer(field)) state_.ticket.*member = event_.ticket.*member;
  }

  // A snapshot of all comments: what is older and not in it is gone.
  void ReplaceComments() {
    if (!Newer(TicketField::kComments)) return;
    const Version& snapshot = event_.version;
    size_t position = 0;
    for (Comment comment : event_.ticket.comments) {
      if (comment.id.empty()) comment.id = absl::StrCat("#", position);
      ++position;
      Upsert(std::move(comment), /*deleted=*/false);
    }
    std::erase_if(state_.comments,
                  [&](const VersionedComment& held) { return held.version < snapshot; });
    positions_.reset();
  }

  void Upsert(Comment comment, bool deleted) {
    // A newer snapshot has spoken about every comment older than itself.
    if (event_.version < state_.versions[Index(TicketField::kComments)]) return;
    if (comment.create_time == absl::InfinitePast()) comment.create_time = event_.version.time;
    const auto [position, added] = Positions().emplace(comment.id, state_.comments.size());
    if (added) {
      state_.comments.push_back({std::move(comment), event_.version, deleted});
    } else {
      VersionedComment& held = state_.comments[position->second];
      if (event_.version <= held.version) return;
      held = {std::move(comment), event_.version, deleted};
    }
    changed_ = true;
    comments_moved_ = true;
  }

  // Where each comment stands, by id. Built when it is first asked for: most events bring no
  // comment.
  std::unordered_map<std::string, size_t>& Positions() {
    if (!positions_.has_value()) {
      positions_.emplace();
      for (const VersionedComment& held : state_.comments) {
        positions_->emplace(held.comment.id, positions_->size());
      }
    }
    return *positions_;
  }

  const TicketEvent& event_;
  TicketState& state_;
  std::optional<std::unordered_map<std::string, size_t>> positions_;
  bool changed_ = false;
  bool comments_moved_ = false;
};

}  // namespace

bool Merge(const TicketEvent& event, TicketState* state) { return Merger(event, state).Run(); }

Ticket Snapshot(const TicketState& state) {
  Ticket ticket = state.ticket;
  ticket.comments.clear();
  for (const VersionedComment& held : state.comments) {
    if (!held.deleted) ticket.comments.push_back(held.comment);
  }
  return ticket;
}

uint64_t TextFingerprint(const TicketState& state) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](absl::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;  // 0xff is in no UTF-8 text: keeps "ab","c" from "a","bc"
  };
  add(state.ticket.title);
  add(state.ticket.description);
  for (const VersionedComment& held : state.comments) {
    if (!held.deleted) add(held.comment.body);
  }
  return hash;
}

}  // namespace clearway
