#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/base/backoff.h"
#include "service/base/random.h"
#include "service/store/connection_pool.h"
#include "service/store/postgres/connection.h"
#include "service/store/postgres/transaction.h"
#include "service/store/store.h"

namespace clearway {

// Keeps everything in one PostgreSQL database, which any number of processes may share: one
// connection of each writes, a few read beside it. A connection that broke is made anew when it is
// next needed. What lost a race, or its connection, is tried again a few times, after a pause;
// nothing else is.
class PostgresStore final : public Store {
 public:
  struct Options {
    PgConnection::Options connection;
    // Connections for reading, at least 1.
    int readers = 4;
    Backoff backoff;
    // How to pause; must not return early. Tests need not wait.
    std::function<void(absl::Duration)> sleep;
    // Told before each further attempt, from any thread; may be empty.
    std::function<void(StoreRetry)> on_retry;
  };

  // Connects and takes the schema to this program's version. INVALID_ARGUMENT for bad options;
  // UNAVAILABLE when the server cannot be reached; FAILED_PRECONDITION when a newer or another
  // program wrote the database. `random` must outlive the store.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const Options& options, Random& random);

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
  using Connections = ConnectionPool<PgConnection>;
  PostgresStore(Options options, Random& random, std::vector<std::unique_ptr<PgConnection>> writer,
                std::vector<std::unique_ptr<PgConnection>> readers);

  struct Attempted {
    absl::Status status;
    // Why it is worth another attempt; nullopt: it is not.
    std::optional<StoreRetry> again;
  };
  Attempted Attempt(PgConnection& writer, PostgresTransaction::Memory& memory,
                    TransactionWork work);
  // What became of a transaction whose COMMIT was sent and not answered.
  Attempted Resolve(PgConnection& writer, const PostgresTransaction::Id& id);
  absl::StatusOr<std::string> TransactionStatus(PgConnection& writer,
                                                const PostgresTransaction::Id& id);
  void Pause(int attempt);
  void Count(StoreRetry cause) const;
  // Runs `read` on a connection, on a new one if that turns out to be broken.
  absl::Status Read(absl::FunctionRef<absl::Status(PgConnection&)> read);
  template <typename Result, typename Call>
  Result ReadResult(Call read);

  const Options options_;
  Random& random_;
  Connections writer_;
  Connections readers_;
};

}  // namespace clearway
