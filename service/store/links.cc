#include "service/store/links.h"

#include "service/base/status_macros.h"
#include "service/store/sql_links.h"

namespace clearway {

BlockedSum BlockedSum::Of(const LinkedTicket& ticket) {
  if (ticket.blocker_id == 0) return {};
  return {1, absl::ToInt64Milliseconds(ticket.past) - absl::ToUnixMillis(ticket.spell_time)};
}

absl::Duration BlockedSum::At(absl::Time now) const {
  return absl::Milliseconds(stuck * absl::ToUnixMillis(now) + offset_ms);
}

absl::StatusOr<Hanging> ReadHanging(const SqlColumns& columns) {
  SqlRow row(columns);
  Hanging hanging;
  hanging.root = row.Text();
  hanging.ticket = row.Text();
  hanging.project = row.Text();
  hanging.in_circle = row.Int64() != 0;
  hanging.blocked.stuck = row.Int64();
  hanging.blocked.offset_ms = row.Int64();
  RETURN_IF_ERROR(row.status());
  return hanging;
}

absl::StatusOr<Root> ReadRoot(const SqlColumns& columns) {
  SqlRow row(columns);
  Root root;
  root.source = row.Text();
  root.ticket = row.Text();
  root.tickets = row.Int64();
  root.circle = row.Int();
  root.blocked.stuck = row.Int64();
  root.blocked.offset_ms = row.Int64();
  RETURN_IF_ERROR(row.status());
  return root;
}

absl::StatusOr<Dependency> ReadDependency(const SqlColumns& columns) {
  return Dependency{columns.Text(0), columns.Text(1), columns.Int64(2) != 0};
}

absl::Status ReadEnded(const SqlColumns& columns, LinkedTicket* ticket) {
  ticket->known = true;
  if (!columns.IsNull(0)) {
    ticket->over = columns.Int64(0) != 0;
    ticket->project = columns.Text(1);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const StoredTicket stored, DecodeTicket(columns.View(2)));
  ticket->over = IsOver(stored.state);
  ticket->project = stored.state.ticket.project;
  return absl::OkStatus();
}

void TakeBlocker(const Blocker& blocker, LinkedTicket* ticket) {
  if (blocker.state == BlockerState::kResolved) return;
  ticket->blocker_id = blocker.id;
  ticket->spell_time = blocker.spell_time;
  for (const BlockedSpell& spell : blocker.past_spells) ticket->past += spell.end - spell.begin;
}

absl::StatusOr<PendingLinkChange> ReadLinkChange(const SqlColumns& columns) {
  SqlRow row(columns);
  PendingLinkChange change;
  change.id = row.Int64();
  change.ticket = row.Text();
  change.change = row.EnumBelow<LinkChange>(kLinkChangeCount);
  RETURN_IF_ERROR(row.status());
  return change;
}

}  // namespace clearway
