#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "service/store/sql_links.h"
#include "service/store/sqlite/connection.h"
#include "service/store/store.h"

namespace clearway {

// Works inside the connection's open transaction, which others begin and end.
class SqliteTransaction final : public Transaction {
 public:
  // `connection` must outlive this.
  explicit SqliteTransaction(SqliteConnection& connection)
      : connection_(connection), links_(connection) {}

  absl::StatusOr<bool> InsertEvent(const TicketKey& ticket, const Version& version,
                                   absl::Time received) override;
  absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey& key) override;
  absl::Status PutTicket(const TicketKey& key, const StoredTicket& ticket) override;
  absl::StatusOr<std::optional<Blocker>> GetLatestBlocker(const TicketKey& key) override;
  absl::StatusOr<Blocker> GetBlocker(const std::string& tenant, int64_t id) override;
  absl::StatusOr<int64_t> PutBlocker(const Blocker& blocker) override;
  absl::Status AppendChange(const std::string& tenant, int64_t blocker_id,
                            const BlockerChange& change) override;
  absl::StatusOr<int64_t> InsertEscalation(const Escalation& escalation) override;
  absl::StatusOr<bool> HasSaid(const Escalation& escalation) override;
  absl::StatusOr<int64_t> CountMessages(const std::string& tenant, absl::Time since,
                                        absl::Time until) override;
  absl::StatusOr<std::vector<RecentMessage>> RecentMessages(const std::string& tenant,
                                                            const std::string& recipient,
                                                            absl::Time since, absl::Time until,
                                                            int limit) override;
  absl::StatusOr<std::vector<TakenStep>> ListSteps(const std::string& tenant, int64_t blocker_id,
                                                   int opening) override;
  absl::Status InsertStep(const TakenStep& step) override;
  absl::Status PutStepOutcome(const TakenStep& step) override;
  absl::Status InsertFeedback(const Feedback& feedback) override;
  absl::StatusOr<bool> IsLinked(const TicketKey& key) override;
  absl::StatusOr<Links*> links() override;

  absl::Status InsertRawEvent(const RawEvent& event) override;
  absl::StatusOr<bool> HasErasures(const std::string& tenant) override;
  absl::StatusOr<std::vector<Erasure>> FindErasures(
      const std::string& tenant, const std::vector<std::string>& subjects) override;
  absl::StatusOr<int64_t> InsertErasure(const Erasure& erasure) override;
  absl::Status AddErased(const std::string& tenant, int64_t id, int64_t rows, bool done) override;
  absl::StatusOr<int64_t> EraseTexts(const TicketKey& key, const TextEraser& eraser) override;
  absl::StatusOr<int64_t> Purge(Kept kept, const std::string& tenant, absl::Time before,
                                int limit) override;
  absl::StatusOr<int64_t> DeleteTicket(const TicketKey& key) override;

 private:
  // Refuses to go on once SQLite itself has rolled back (a full disk does that): the statement
  // would otherwise commit on its own.
  absl::StatusOr<SqliteStatement> Use(absl::string_view sql);
  absl::StatusOr<int64_t> InsertBlocker(const Blocker& blocker);
  absl::Status UpdateBlocker(const Blocker& blocker);
  // False: it would change what an index holds, or there is no such blocker.
  absl::StatusOr<bool> UpdateBesideIndexes(const Blocker& blocker);

  SqliteConnection& connection_;
  SqlLinks<SqliteConnection> links_;
  // By tenant, of those asked about.
  std::map<std::string, bool> has_erasures_;
};

}  // namespace clearway
