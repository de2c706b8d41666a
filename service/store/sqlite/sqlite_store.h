#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/store/connection_pool.h"
#include "service/store/sqlite/connection.h"
#include "service/store/store.h"

namespace clearway {

// Keeps everything in one SQLite file: one connection writes, a few read beside it.
class SqliteStore final : public Store {
 public:
  struct Options {
    // The database file, made where it is missing; its folder must exist. ":memory:" keeps
    // everything in memory, for tests: one connection then serves reads and writes in turn.
    std::string path;
    // Connections for reading, at least 1.
    int readers = 4;
    // How long to wait for another process's lock, and for a free connection.
    absl::Duration busy_timeout = absl::Seconds(5);
    // The longest that one read may take. It holds back the write-ahead log for as long.
    absl::Duration read_timeout = absl::Seconds(30);
    // A database of up to so many bytes is looked through for damage when it is opened.
    uintmax_t largest_checked = 256 << 20;
    // Told, while it is opened, what an operator should mend about a file that works; may be empty.
    std::function<void(const std::string&)> warn = nullptr;
  };

  // Opens the database and takes its schema to this program's version. INVALID_ARGUMENT for bad
  // options; UNAVAILABLE when the file cannot be opened; DATA_LOSS when it is no database or
  // damaged; FAILED_PRECONDITION when a newer or another program wrote it. All name the path.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const Options& options);

  absl::Status Transact(TransactionWork work) override;
  absl::Status CheckReady() override;
  absl::StatusOr<Blocker> GetBlocker(const std::string& tenant, int64_t id) override;
  absl::StatusOr<std::vector<BlockerChange>> ListChanges(const std::string& tenant,
                                                         int64_t blocker_id) override;
  absl::StatusOr<Part<Blocker>> ListBlockers(const std::string& tenant, const Filter& filter,
                                             const Page& page) override;
  absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey& key) override;
  absl::StatusOr<std::vector<Escalation>> ListEscalations(const std::string& tenant,
                                                          int64_t blocker_id,
                                                          const Page& page) override;
  absl::StatusOr<std::vector<Escalation>> EscalationsAfter(const std::string& tenant,
                                                           int64_t after_id, int limit) override;
  absl::StatusOr<int64_t> LastEscalationId() override;
  absl::StatusOr<std::vector<Blocker>> DueBlockers(absl::Time now, int limit) override;
  absl::StatusOr<std::vector<OpenBlockerCount>> CountOpenBlockers() override;
  absl::Status VisitBlockers(const std::string& tenant, const std::string& project, absl::Time from,
                             absl::Time to,
                             absl::FunctionRef<void(const ReportedBlocker&)> visit) override;
  absl::Status VisitSteps(const std::string& tenant, const std::string& project, absl::Time from,
                          absl::Time to, absl::FunctionRef<void(const TakenStep&)> visit) override;
  absl::StatusOr<Part<Feedback>> ListFeedback(const std::string& tenant, absl::Time since,
                                              const Page& page) override;
  absl::Status ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) override;

  absl::StatusOr<std::vector<TicketKey>> ListTickets(const std::string& tenant,
                                                     const std::optional<TicketKey>& after,
                                                     int limit) override;
  absl::StatusOr<std::vector<TicketKey>> ListTicketsWithEvents(
      const std::string& tenant, absl::Time since, const std::optional<TicketKey>& after,
      int limit) override;
  absl::StatusOr<std::optional<TicketFile>> GetTicketFile(const TicketKey& key) override;
  absl::StatusOr<int64_t> CountTexts(const TicketKey& key, const TextEraser& eraser) override;
  absl::StatusOr<std::vector<Erasure>> ListErasures(const std::string& tenant,
                                                    const Page& page) override;
  absl::StatusOr<std::vector<Erasure>> UnfinishedErasures(int limit) override;
  absl::Status Compact() override;

 private:
  using Connections = ConnectionPool<SqliteConnection>;
  SqliteStore(const Options& options, std::unique_ptr<SqliteConnection> writer,
              std::vector<std::unique_ptr<SqliteConnection>> readers);
  // A connection to read with, its deadline set.
  absl::StatusOr<Connections::Lease> Reader();

  const Options options_;
  // Whether the last transaction could not be written.
  std::atomic<bool> write_failed_{false};
  // The writer closes last: that writes the log back into the database.
  Connections writer_;
  Connections readers_;
  // writer_ where there are no readers.
  Connections& reading_;
};

}  // namespace clearway
