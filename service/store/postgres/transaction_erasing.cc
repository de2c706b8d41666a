// What is erased, and what is deleted when its time is over.
#include "service/base/status_macros.h"
#include "service/store/postgres/postgres_queries.h"
#include "service/store/postgres/transaction.h"
#include "service/store/sql_erase.h"
#include "service/store/sql_purge.h"
#include "service/store/sql_reads.h"
#include "service/store/sql_writes.h"

namespace clearway {
namespace {

int64_t Changes(const PgConnection& /*connection*/, const PgStatement& last) {
  return last.changes();
}

}  // namespace

absl::StatusOr<bool> PostgresTransaction::HasErasures(const std::string& tenant) {
  RETURN_IF_ERROR(Settle());
  // To have asked holds a lock on the table, for which InsertErasure waits.
  while (erasures_asked_.has_value()) {
    ASSIGN_OR_RETURN(const bool more, erasures_asked_->Step());
    if (more) {
      tenants_with_erasures_.insert(erasures_asked_->Text(0));
    } else {
      erasures_asked_.reset();
    }
  }
  return tenants_with_erasures_.contains(tenant);
}

absl::StatusOr<std::vector<Erasure>> PostgresTransaction::FindErasures(
    const std::string& tenant, const std::vector<std::string>& subjects) {
  RETURN_IF_ERROR(Settle());
  return SelectErasuresOf(connection_, tenant, subjects);
}

absl::StatusOr<int64_t> PostgresTransaction::InsertErasure(const Erasure& erasure) {
  RETURN_IF_ERROR(Settle());
  RETURN_IF_ERROR(HasErasures(erasure.tenant).status());
  if (erasure.kind != ErasureKind::kRetention) {
    // Whoever writes texts has read the table and is waited for; whoever comes then sees this.
    ASSIGN_OR_RETURN(PgStatement lock, connection_.Cached(kLockErasures));
    RETURN_IF_ERROR(lock.Run());
    tenants_with_erasures_.insert(erasure.tenant);
  }
  Ids one;
  ASSIGN_OR_RETURN(const int64_t id, NextId(kNextErasureIds, one));
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertErasure));
  BindInsertErasure(erasure, id, insert);
  RETURN_IF_ERROR(Write(insert));
  return id;
}

absl::Status PostgresTransaction::AddErased(const std::string& tenant, int64_t id, int64_t rows,
                                            bool done) {
  RETURN_IF_ERROR(Settle());
  ASSIGN_OR_RETURN(PgStatement update, connection_.Cached(kUpdateErasure));
  update.Bind(rows, done ? 1 : 0, tenant, id);
  RETURN_IF_ERROR(update.Run());
  return update.changes() == 1 ? absl::OkStatus() : NoErasure(tenant, id);
}

absl::Status PostgresTransaction::LockAndForget(const TicketKey& key) {
  RETURN_IF_ERROR(Lock(key));
  RETURN_IF_ERROR(WriteRawEvents());
  RETURN_IF_ERROR(WriteTickets());
  tickets_.erase(key);
  messages_.Forget();
  std::erase_if(blockers_, [&key](const auto& entry) { return entry.second.ticket == key; });
  return absl::OkStatus();
}

absl::StatusOr<int64_t> PostgresTransaction::EraseTexts(const TicketKey& key,
                                                        const TextEraser& eraser) {
  RETURN_IF_ERROR(LockAndForget(key));
  return SqlTextEraser<PgConnection>(connection_, key, eraser, /*write=*/true).Run();
}

absl::StatusOr<int64_t> PostgresTransaction::PurgeBlockers(const std::string& tenant,
                                                           absl::Time before, int limit) {
  ASSIGN_OR_RETURN(
      const std::vector<int64_t> old,
      SelectOldBlockers(connection_, tenant, before, limit, kSelectOldBlockersOfBothIndexes));
  int64_t rows = 0;
  for (const int64_t id : old) {
    // Under its ticket's lock it may turn out to have come back.
    ASSIGN_OR_RETURN(const Blocker blocker, GetBlocker(tenant, id));
    if (!blocker.resolve_time.has_value() || *blocker.resolve_time >= before) continue;
    RETURN_IF_ERROR(LockAndForget(blocker.ticket));
    ASSIGN_OR_RETURN(const int64_t some, DeleteBlocker(connection_, Changes, tenant, id));
    rows += some;
  }
  return rows;
}

absl::StatusOr<int64_t> PostgresTransaction::Purge(Kept kept, const std::string& tenant,
                                                   absl::Time before, int limit) {
  RETURN_IF_ERROR(Settle());
  RETURN_IF_ERROR(WriteRawEvents());
  switch (kept) {
    case Kept::kRawEvents:
      return RunDelete(connection_, Changes, kDeleteOldRawEvents, tenant, before, limit);
    case Kept::kFeedback:
      return RunDelete(connection_, Changes, kDeleteOldFeedback, tenant, before, limit);
    case Kept::kResolvedBlockers:
      break;
  }
  return PurgeBlockers(tenant, before, limit);
}

absl::StatusOr<int64_t> PostgresTransaction::DeleteTicket(const TicketKey& key) {
  RETURN_IF_ERROR(LockAndForget(key));
  ASSIGN_OR_RETURN(const std::vector<Blocker> blockers, SelectBlockersOfTicket(connection_, key));
  ASSIGN_OR_RETURN(const std::vector<LinkedTicket> linked,
                   links_.Tickets({key.tenant, key.source}, {key.key}));
  return DeleteTicketRows(connection_, Changes, key, linked.front().over, IdsOf(blockers));
}

}  // namespace clearway
