#include "service/store/sqlite/transaction.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/codec.h"
#include "service/store/sqlite/packed.h"
#include "service/store/sqlite/queries.h"
#include "service/store/sqlite/rows.h"

namespace clearway {
namespace {

std::optional<int64_t> Signed(const std::optional<uint64_t>& value) {
  if (!value.has_value()) return std::nullopt;
  return static_cast<int64_t>(*value);
}

}  // namespace

absl::StatusOr<SqliteStatement> SqliteTransaction::Use(absl::string_view sql) {
  if (!connection_.in_transaction()) {
    return absl::UnavailableError("the transaction was rolled back after an earlier fault");
  }
  return connection_.Cached(sql);
}

absl::StatusOr<bool> SqliteTransaction::InsertEvent(const TicketKey& ticket, const Version& version,
                                                    absl::Time received) {
  ASSIGN_OR_RETURN(
      SqliteStatement insert,
      Use("INSERT INTO events (tenant, source, event_id, ticket, event_time_us, sequence, "
          "receive_time_us) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"));
  insert.Bind(ticket.tenant, ticket.source, version.event_id, ticket.key, version.time,
              version.sequence, received);
  RETURN_IF_ERROR(insert.Run());
  return connection_.changes() == 1;
}

absl::StatusOr<std::optional<StoredTicket>> SqliteTransaction::GetTicket(const TicketKey& key) {
  return SelectTicket(connection_, key);
}

absl::Status SqliteTransaction::PutTicket(const TicketKey& key, const StoredTicket& ticket) {
  ASSIGN_OR_RETURN(const std::string state, EncodeTicket(ticket));
  ASSIGN_OR_RETURN(SqliteStatement upsert,
                   Use("INSERT INTO tickets (tenant, source, ticket, state) VALUES (?, ?, ?, ?) "
                       "ON CONFLICT DO UPDATE SET state = excluded.state"));
  upsert.Bind(key.tenant, key.source, key.key, SqliteBlob{state});
  return upsert.Run();
}

absl::StatusOr<std::optional<Blocker>> SqliteTransaction::GetLatestBlocker(const TicketKey& key) {
  ASSIGN_OR_RETURN(SqliteStatement select, Use(kSelectLatestBlocker));
  select.Bind(key.tenant, key.source, key.key);
  ASSIGN_OR_RETURN(const bool found, select.Step());
  if (!found) return std::optional<Blocker>();
  ASSIGN_OR_RETURN(Blocker blocker, ReadBlocker(select));
  return std::optional<Blocker>(std::move(blocker));
}

absl::StatusOr<Blocker> SqliteTransaction::GetBlocker(const std::string& tenant, int64_t id) {
  return SelectBlocker(connection_, tenant, id);
}

absl::StatusOr<int64_t> SqliteTransaction::PutBlocker(const Blocker& blocker) {
  if (blocker.id == 0) return InsertBlocker(blocker);
  RETURN_IF_ERROR(UpdateBlocker(blocker));
  return blocker.id;
}

absl::StatusOr<int64_t> SqliteTransaction::InsertBlocker(const Blocker& b) {
  ASSIGN_OR_RETURN(
      SqliteStatement insert,
      Use("INSERT INTO blockers (tenant, source, ticket, project, title, url, state, category, "
          "reason, secondary, waiting_on, confidence, priority, escalation_level, open_time_us, "
          "spell_time_us, past_spells, acknowledge_time_us, resolve_time_us, update_time_us, "
          "language, "
          "next_escalation_time_us, resolved_text, snoozes) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.Bind(b.ticket.tenant, b.ticket.source, b.ticket.key, b.project, b.title, b.url, b.state,
              b.category, b.reason, b.secondary, b.waiting_on, b.confidence, b.priority,
              b.escalation_level, b.open_time, b.spell_time, PackSpells(b.past_spells),
              b.acknowledge_time, b.resolve_time, b.update_time, b.language, b.next_escalation_time,
              Signed(b.resolved_text), PackSpells(b.snoozes));
  RETURN_IF_ERROR(insert.Run());
  return connection_.last_insert_id();
}

absl::Status SqliteTransaction::UpdateBlocker(const Blocker& b) {
  // The key stays out of SET, so that its indexes are left alone.
  ASSIGN_OR_RETURN(
      SqliteStatement update,
      Use("UPDATE blockers SET project = ?, title = ?, url = ?, state = ?, category = ?, reason = "
          "?, "
          "secondary = ?, waiting_on = ?, confidence = ?, priority = ?, escalation_level = ?, "
          "open_time_us = ?, spell_time_us = ?, past_spells = ?, acknowledge_time_us = ?, "
          "resolve_time_us = ?, update_time_us = ?, language = ?, next_escalation_time_us = ?, "
          "resolved_text = ?, snoozes = ? WHERE id = ? AND tenant = ? AND source = ? AND ticket = "
          "?"));
  update.Bind(b.project, b.title, b.url, b.state, b.category, b.reason, b.secondary, b.waiting_on,
              b.confidence, b.priority, b.escalation_level, b.open_time, b.spell_time,
              PackSpells(b.past_spells), b.acknowledge_time, b.resolve_time, b.update_time,
              b.language, b.next_escalation_time, Signed(b.resolved_text), PackSpells(b.snoozes),
              b.id, b.ticket.tenant, b.ticket.source, b.ticket.key);
  RETURN_IF_ERROR(update.Run());
  if (connection_.changes() == 1) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("no blocker ", b.id, " of ticket ", b.ticket.key,
                                          " in tenant ", b.ticket.tenant));
}

absl::Status SqliteTransaction::AppendChange(const std::string& tenant, int64_t blocker_id,
                                             const BlockerChange& change) {
  ASSIGN_OR_RETURN(
      SqliteStatement insert,
      Use("INSERT INTO blocker_changes (tenant, blocker_id, position, " CLEARWAY_CHANGE_COLUMNS ") "
          "VALUES (?1, ?2, (SELECT ifnull(max(position), 0) + 1 FROM blocker_changes "
          "WHERE tenant = ?1 AND blocker_id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  insert.Bind(tenant, blocker_id, change.time, change.actor, change.from, change.to,
              change.category, change.reason, change.note);
  return insert.Run();
}

absl::StatusOr<int64_t> SqliteTransaction::InsertEscalation(const Escalation& e) {
  ASSIGN_OR_RETURN(
      SqliteStatement insert,
      Use("INSERT INTO escalations (tenant, blocker_id, source, ticket, level, target, "
          "channel, due_time_us, create_time_us, steps, draft_message, rationale, language, "
          "category, reason, policy, recipient, message_group, urgency) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.Bind(e.ticket.tenant, e.blocker_id, e.ticket.source, e.ticket.key, e.level, e.target,
              e.channel, e.due_time, e.create_time, PackTexts(e.steps), e.draft_message,
              e.rationale, e.language, e.category, e.reason, e.policy, e.recipient, e.group,
              e.urgency);
  RETURN_IF_ERROR(insert.Run());
  return connection_.last_insert_id();
}

absl::StatusOr<bool> SqliteTransaction::HasSaid(const Escalation& e) {
  ASSIGN_OR_RETURN(SqliteStatement select, Use(kSelectSaid));
  select.Bind(e.ticket.tenant, e.blocker_id, e.recipient, e.channel, e.draft_message);
  return select.Step();
}

absl::StatusOr<std::vector<RecentMessage>> SqliteTransaction::RecentMessages(
    const std::string& tenant, const std::string& recipient, absl::Time since, int limit) {
  ASSIGN_OR_RETURN(SqliteStatement select, Use(kSelectRecentMessages));
  select.Bind(tenant, recipient, since, int64_t{limit});
  return ReadAll(select, &ReadRecentMessage);
}

absl::Status SqliteTransaction::InsertFeedback(const Feedback& f) {
  ASSIGN_OR_RETURN(
      SqliteStatement insert,
      Use("INSERT INTO feedback (tenant, source, ticket, blocker_id, time_us, verdict_category, "
          "verdict_reason, actor, category, reason, secondary, waiting_on, note, language, "
          "snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  const Judgement& j = f.judgement;
  const std::optional<int64_t> blocker =
      f.blocker_id == 0 ? std::nullopt : std::optional<int64_t>(f.blocker_id);
  std::string bytes;
  if (f.snapshot.has_value()) {
    ASSIGN_OR_RETURN(bytes, EncodeSnapshot(*f.snapshot));
  }
  const std::optional<SqliteBlob> snapshot =
      f.snapshot.has_value() ? std::optional<SqliteBlob>(SqliteBlob{bytes}) : std::nullopt;
  insert.Bind(f.ticket.tenant, f.ticket.source, f.ticket.key, blocker, f.time, f.verdict_category,
              f.verdict_reason, j.actor, j.category, j.reason, j.secondary, j.waiting_on, f.note,
              f.language, snapshot);
  return insert.Run();
}

}  // namespace clearway
