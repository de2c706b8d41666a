#include "service/store/sqlite/sqlite_store.h"

#include <chrono>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/sqlite/filter_sql.h"
#include "service/store/sqlite/migrations.h"
#include "service/store/sqlite/queries.h"
#include "service/store/sqlite/rows.h"
#include "service/store/sqlite/transaction.h"

namespace clearway {
namespace {

constexpr char kMemory[] = ":memory:";
// Each waits `busy_timeout` for the lock.
constexpr int kTransactionAttempts = 3;

template <typename T>
std::vector<std::unique_ptr<T>> VectorOfOne(std::unique_ptr<T> item) {
  std::vector<std::unique_ptr<T>> items;
  items.push_back(std::move(item));
  return items;
}

absl::Status AtPath(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(path, ": ", status.message())};
}

int64_t BeforeId(const Page& page) {
  return page.before_id.value_or(std::numeric_limits<int64_t>::max());
}

// Whether a spell touches [from, to), its first and last instant included.
bool Touches(absl::Time begin, absl::Time end, absl::Time from, absl::Time to) {
  return begin < to && end >= from;
}

bool LastedWithin(const Blocker& blocker, absl::Time from, absl::Time to) {
  if (Touches(blocker.spell_time, blocker.resolve_time.value_or(absl::InfiniteFuture()), from,
              to)) {
    return true;
  }
  for (const BlockedSpell& spell : blocker.past_spells) {
    if (Touches(spell.begin, spell.end, from, to)) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(const Options& options) {
  // SQLite takes an empty path for a temporary database that vanishes.
  if (options.path.empty()) {
    return absl::InvalidArgumentError("store.sqlite.path is empty; name the database file");
  }
  if (options.readers < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("store.sqlite.readers is ", options.readers, "; at least 1 is needed"));
  }
  SqliteConnection::Options open{options.path, /*read_only=*/false, options.busy_timeout};
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> writer, SqliteConnection::Open(open));
  RETURN_IF_ERROR(AtPath(options.path, MigrateSqlite(*writer, SqliteSchema())));
  RETURN_IF_ERROR(AtPath(options.path, writer->UseWal()));
  std::vector<std::unique_ptr<SqliteConnection>> readers;
  open.read_only = true;
  for (int i = 0; i < options.readers && options.path != kMemory; ++i) {
    ASSIGN_OR_RETURN(readers.emplace_back(), SqliteConnection::Open(open));
  }
  return std::unique_ptr<Store>(new SqliteStore(options, std::move(writer), std::move(readers)));
}

SqliteStore::SqliteStore(const Options& options, std::unique_ptr<SqliteConnection> writer,
                         std::vector<std::unique_ptr<SqliteConnection>> readers)
    : options_(options),
      writer_(VectorOfOne(std::move(writer))),
      readers_(std::move(readers)),
      reading_(options.path == kMemory ? writer_ : readers_) {}

absl::StatusOr<SqliteConnectionPool::Lease> SqliteStore::Reader() {
  ASSIGN_OR_RETURN(SqliteConnectionPool::Lease reader, reading_.Take(options_.busy_timeout));
  reader->set_deadline(std::chrono::steady_clock::now() +
                       absl::ToChronoNanoseconds(options_.read_timeout));
  return reader;
}

absl::Status SqliteStore::Transact(TransactionWork work) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease writer,
                   writer_.Take(absl::InfiniteDuration()));
  absl::Status status;
  for (int attempt = 0; attempt < kTransactionAttempts; ++attempt) {
    status = writer->InTransaction([&] {
      SqliteTransaction transaction(*writer);
      return work(transaction);
    });
    if (!absl::IsAborted(status)) return status;
  }
  return absl::UnavailableError(
      absl::StrCat("gave up after ", kTransactionAttempts, " attempts: ", status.message()));
}

absl::Status SqliteStore::CheckReady() {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached("SELECT 1 FROM sqlite_schema LIMIT 1"));
  return select.Run();
}

absl::StatusOr<Blocker> SqliteStore::GetBlocker(const std::string& tenant, int64_t id) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  return SelectBlocker(*reader, tenant, id);
}

absl::StatusOr<std::vector<BlockerChange>> SqliteStore::ListChanges(const std::string& tenant,
                                                                    int64_t blocker_id) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectChanges));
  select.Bind(tenant, blocker_id);
  return ReadAll(select, ReadChange);
}

absl::StatusOr<std::vector<Blocker>> SqliteStore::ListBlockers(const std::string& tenant,
                                                               const Filter& filter,
                                                               const Page& page) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  const BlockerQuery query = SelectBlockersWhere(filter);
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Prepare(query.sql));
  select.Bind(tenant, BeforeId(page));
  for (const auto& parameter : query.parameters) {
    std::visit([&](const auto& value) { select.Bind(value); }, parameter);
  }
  select.Bind(page.size);
  return ReadAll(select, ReadBlocker);
}

absl::StatusOr<std::optional<StoredTicket>> SqliteStore::GetTicket(const TicketKey& key) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  return SelectTicket(*reader, key);
}

absl::StatusOr<std::vector<Escalation>> SqliteStore::ListEscalations(const std::string& tenant,
                                                                     int64_t blocker_id,
                                                                     const Page& page) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  if (blocker_id == 0) {
    ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectEscalations));
    select.Bind(tenant, BeforeId(page), page.size);
    return ReadAll(select, ReadEscalation);
  }
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectEscalationsOfBlocker));
  select.Bind(tenant, blocker_id, BeforeId(page), page.size);
  return ReadAll(select, ReadEscalation);
}

absl::StatusOr<std::vector<Escalation>> SqliteStore::EscalationsAfter(const std::string& tenant,
                                                                      int64_t after_id, int limit) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectEscalationsAfter));
  select.Bind(tenant, after_id, limit);
  return ReadAll(select, ReadEscalation);
}

absl::StatusOr<int64_t> SqliteStore::LastEscalationId() {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectLastEscalationId));
  ASSIGN_OR_RETURN(const bool any, select.Step());
  return any ? select.Int64(0) : 0;
}

absl::StatusOr<std::vector<Blocker>> SqliteStore::DueBlockers(absl::Time now, int limit) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectDueBlockers));
  select.Bind(now, limit);
  return ReadAll(select, ReadBlocker);
}

absl::StatusOr<std::vector<OpenBlockerCount>> SqliteStore::CountOpenBlockers() {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kCountOpenBlockers));
  return ReadAll(select, ReadOpenCount);
}

absl::Status SqliteStore::VisitBlockers(const std::string& tenant, const std::string& project,
                                        absl::Time from, absl::Time to,
                                        absl::FunctionRef<void(const Blocker&)> visit) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectLasting));
  select.Bind(tenant, from, to, project);
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Blocker blocker, ReadBlocker(select));
    if (LastedWithin(blocker, from, to)) visit(blocker);
  }
}

absl::StatusOr<std::vector<Feedback>> SqliteStore::ListFeedback(const std::string& tenant,
                                                                absl::Time since,
                                                                const Page& page) {
  ASSIGN_OR_RETURN(const SqliteConnectionPool::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectFeedback));
  select.Bind(tenant, BeforeId(page), since, page.size);
  return ReadAll(select, ReadFeedback);
}

}  // namespace clearway
