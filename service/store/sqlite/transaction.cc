#include "service/store/sqlite/transaction.h"

#include <optional>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/codec.h"
#include "service/store/sql_erase.h"
#include "service/store/sql_purge.h"
#include "service/store/sql_reads.h"
#include "service/store/sql_writes.h"
#include "service/store/sqlite/sqlite_queries.h"

namespace clearway {
namespace {

int64_t Changes(const SqliteConnection& connection, const SqliteStatement& /*last*/) {
  return connection.changes();
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
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertEvent));
  BindInsertEvent(ticket, version, received, insert);
  RETURN_IF_ERROR(insert.Run());
  return connection_.changes() == 1;
}

absl::StatusOr<std::optional<StoredTicket>> SqliteTransaction::GetTicket(const TicketKey& key) {
  return SelectTicket(connection_, key);
}

absl::Status SqliteTransaction::PutTicket(const TicketKey& key, const StoredTicket& ticket) {
  ASSIGN_OR_RETURN(const std::string state, EncodeTicket(ticket));
  ASSIGN_OR_RETURN(SqliteStatement upsert, Use(kUpsertTicket));
  upsert.Bind(key.tenant, key.source, key.key, SqlBlob{state},
              static_cast<int>(IsOver(ticket.state)), ticket.state.ticket.project);
  return upsert.Run();
}

absl::StatusOr<std::optional<Blocker>> SqliteTransaction::GetLatestBlocker(const TicketKey& key) {
  return SelectLatestBlocker(connection_, key);
}

absl::StatusOr<Blocker> SqliteTransaction::GetBlocker(const std::string& tenant, int64_t id) {
  return SelectBlocker(connection_, tenant, id);
}

absl::StatusOr<int64_t> SqliteTransaction::PutBlocker(const Blocker& blocker) {
  if (blocker.id == 0) return InsertBlocker(blocker);
  RETURN_IF_ERROR(UpdateBlocker(blocker));
  return blocker.id;
}

absl::StatusOr<int64_t> SqliteTransaction::InsertBlocker(const Blocker& blocker) {
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertBlocker));
  BindInsertBlocker(blocker, std::nullopt, insert);
  RETURN_IF_ERROR(insert.Run());
  return connection_.last_insert_id();
}

absl::StatusOr<bool> SqliteTransaction::UpdateBesideIndexes(const Blocker& b) {
  ASSIGN_OR_RETURN(SqliteStatement update, Use(kUpdateBlockerBesideIndexes));
  update.Bind(b.title, b.url, b.state, b.secondary, b.waiting_on, b.confidence, b.priority,
              b.escalation_level, b.acknowledge_time, b.update_time, b.language,
              SignedOrNull(b.resolved_text), PackSpells(b.snoozes), b.id, b.ticket.tenant,
              b.ticket.source, b.ticket.key, b.project, b.category, b.reason, b.open_time,
              b.spell_time, PackSpells(b.past_spells), b.resolve_time, b.next_escalation_time);
  RETURN_IF_ERROR(update.Run());
  return connection_.changes() == 1;
}

absl::Status SqliteTransaction::UpdateBlocker(const Blocker& b) {
  ASSIGN_OR_RETURN(const bool done, UpdateBesideIndexes(b));
  if (done) return absl::OkStatus();
  ASSIGN_OR_RETURN(SqliteStatement update, Use(kUpdateBlocker));
  BindUpdateBlocker(b, update);
  RETURN_IF_ERROR(update.Run());
  if (connection_.changes() == 1) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("no blocker ", b.id, " of ticket ", b.ticket.key,
                                          " in tenant ", b.ticket.tenant));
}

absl::Status SqliteTransaction::AppendChange(const std::string& tenant, int64_t blocker_id,
                                             const BlockerChange& change) {
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertChange));
  BindInsertChange(tenant, blocker_id, change, insert);
  return insert.Run();
}

absl::StatusOr<int64_t> SqliteTransaction::InsertEscalation(const Escalation& escalation) {
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertEscalation));
  BindInsertEscalation(escalation, std::nullopt, insert);
  RETURN_IF_ERROR(insert.Run());
  return connection_.last_insert_id();
}

absl::StatusOr<bool> SqliteTransaction::HasSaid(const Escalation& escalation) {
  return SelectSaid(connection_, escalation);
}

absl::StatusOr<int64_t> SqliteTransaction::CountMessages(const std::string& tenant,
                                                         absl::Time since, absl::Time until) {
  return SelectMessageCount(connection_, tenant, since, until);
}

absl::StatusOr<std::vector<RecentMessage>> SqliteTransaction::RecentMessages(
    const std::string& tenant, const std::string& recipient, absl::Time since, absl::Time until,
    int limit) {
  return SelectRecentMessages(connection_, tenant, recipient, since, until, limit);
}

absl::StatusOr<std::vector<TakenStep>> SqliteTransaction::ListSteps(const std::string& tenant,
                                                                    int64_t blocker_id,
                                                                    int opening) {
  return SelectSteps(connection_, tenant, blocker_id, opening);
}

absl::Status SqliteTransaction::InsertStep(const TakenStep& step) {
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertStep));
  BindInsertStep(step, insert);
  return insert.Run();
}

absl::Status SqliteTransaction::PutStepOutcome(const TakenStep& step) {
  ASSIGN_OR_RETURN(SqliteStatement update, Use(kUpdateStepOutcome));
  BindUpdateStepOutcome(step, update);
  return update.Run();
}

absl::Status SqliteTransaction::InsertFeedback(const Feedback& feedback) {
  ASSIGN_OR_RETURN(const std::optional<std::string> snapshot, EncodedSnapshot(feedback));
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertFeedback));
  BindInsertFeedback(feedback, snapshot, insert);
  return insert.Run();
}

absl::StatusOr<bool> SqliteTransaction::IsLinked(const TicketKey& key) {
  return SelectIsLinked(connection_, key);
}

absl::StatusOr<Links*> SqliteTransaction::links() {
  if (!connection_.in_transaction()) {
    return absl::UnavailableError("the transaction was rolled back after an earlier fault");
  }
  return &links_;
}

absl::Status SqliteTransaction::InsertRawEvent(const RawEvent& event) {
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertRawEvent));
  BindInsertRawEvent(event, insert);
  return insert.Run();
}

absl::StatusOr<bool> SqliteTransaction::HasErasures(const std::string& tenant) {
  // Nobody else writes meanwhile.
  const auto known = has_erasures_.find(tenant);
  if (known != has_erasures_.end()) return known->second;
  ASSIGN_OR_RETURN(SqliteStatement select, Use(kSelectHasErasures));
  select.Bind(tenant);
  ASSIGN_OR_RETURN(const bool any, select.Step());
  has_erasures_[tenant] = any;
  return any;
}

absl::StatusOr<std::vector<Erasure>> SqliteTransaction::FindErasures(
    const std::string& tenant, const std::vector<std::string>& subjects) {
  return SelectErasuresOf(connection_, tenant, subjects);
}

absl::StatusOr<int64_t> SqliteTransaction::InsertErasure(const Erasure& erasure) {
  has_erasures_.clear();
  ASSIGN_OR_RETURN(SqliteStatement insert, Use(kInsertErasure));
  BindInsertErasure(erasure, std::nullopt, insert);
  RETURN_IF_ERROR(insert.Run());
  return connection_.last_insert_id();
}

absl::Status SqliteTransaction::AddErased(const std::string& tenant, int64_t id, int64_t rows,
                                          bool done) {
  ASSIGN_OR_RETURN(SqliteStatement update, Use(kUpdateErasure));
  update.Bind(rows, done ? 1 : 0, tenant, id);
  RETURN_IF_ERROR(update.Run());
  return connection_.changes() == 1 ? absl::OkStatus() : NoErasure(tenant, id);
}

absl::StatusOr<int64_t> SqliteTransaction::EraseTexts(const TicketKey& key,
                                                      const TextEraser& eraser) {
  RETURN_IF_ERROR(Use(kSelectTicket).status());
  return SqlTextEraser<SqliteConnection>(connection_, key, eraser, /*write=*/true).Run();
}

absl::StatusOr<int64_t> SqliteTransaction::Purge(Kept kept, const std::string& tenant,
                                                 absl::Time before, int limit) {
  RETURN_IF_ERROR(Use(kSelectOldBlockers).status());
  if (kept == Kept::kRawEvents) {
    return RunDelete(connection_, Changes, kDeleteOldRawEvents, tenant, before, limit);
  }
  if (kept == Kept::kFeedback) {
    return RunDelete(connection_, Changes, kDeleteOldFeedback, tenant, before, limit);
  }
  ASSIGN_OR_RETURN(const std::vector<int64_t> old,
                   SelectOldBlockers(connection_, tenant, before, limit));
  int64_t rows = 0;
  for (const int64_t id : old) {
    ASSIGN_OR_RETURN(const int64_t some, DeleteBlocker(connection_, Changes, tenant, id));
    rows += some;
  }
  return rows;
}

absl::StatusOr<int64_t> SqliteTransaction::DeleteTicket(const TicketKey& key) {
  RETURN_IF_ERROR(Use(kSelectBlockersOfTicket).status());
  ASSIGN_OR_RETURN(const std::vector<Blocker> blockers, SelectBlockersOfTicket(connection_, key));
  ASSIGN_OR_RETURN(const std::vector<LinkedTicket> linked,
                   links_.Tickets({key.tenant, key.source}, {key.key}));
  return DeleteTicketRows(connection_, Changes, key, linked.front().over, IdsOf(blockers));
}

}  // namespace clearway
