#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/store/postgres/handles.h"

namespace clearway {

class PgStatement;

// One connection to a server, in pipeline mode: statements are queued and sent together; Sync waits
// for all their results. Used by one thread at a time.
//
// A connection that broke stays so until Open is called again; nothing is repeated here.
class PgConnection {
 public:
  struct Options {
    // libpq's own form, "host=… dbname=…" or a URI; what it leaves out comes from the PG…
    // environment variables. May hold the password, so it is never shown.
    std::string conninfo;
    // A file with the password, read anew at each connect, so that it can be rotated; "": none.
    std::string password_file;
    // The server ends what runs longer. A server that is silent for this long and a bit is given
    // up.
    absl::Duration statement_timeout = absl::Seconds(30);
    absl::Duration connect_timeout = absl::Seconds(5);
  };

  // What came of one queued statement.
  struct Outcome {
    bool known = false;
    absl::Status status;
    PGresult_ptr result;
  };
  // A parameter's bytes in the wire's binary format.
  struct Parameter {
    // 0: for the server to infer.
    Oid type = 0;
    bool null = false;
    std::string bytes;
  };
  // A text, prepared on the server at its first use.
  struct Prepared {
    std::string name;
    std::string sql;
    bool known_to_server = false;
  };

  // Of a clock that nobody sets.
  using Instant = std::chrono::steady_clock::time_point;

  explicit PgConnection(Options options) : options_(std::move(options)) {}
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Connects where it is not connected. UNAVAILABLE when it cannot be; INVALID_ARGUMENT for a
  // conninfo that is none, without telling it; FAILED_PRECONDITION for a server too old.
  absl::Status Open();
  // False before Open and once the connection broke.
  bool usable() const { return connection_ != nullptr && !broken_; }

  // Prepared once, then kept for the connection's life: for the fixed texts.
  absl::StatusOr<PgStatement> Cached(absl::string_view sql);
  // For texts put together at run time.
  absl::StatusOr<PgStatement> Prepare(absl::string_view sql);
  // Runs one or more statements without parameters or results. Not while anything is queued.
  absl::Status Execute(const std::string& sql);

  // A row of a copy; no bytes: there are no more.
  struct CopiedRow {
    PgBytes_ptr bytes;
    size_t size = 0;
  };
  // Asks for the rows of a query without parameters in the binary format of COPY: many rows in one
  // answer that nobody holds as a whole. Not while anything is queued; all rows must be taken, or
  // the copy given up, before anything else is done. See PgCopy.
  absl::Status BeginCopy(const std::string& select);
  absl::StatusOr<CopiedRow> NextCopied();
  // Costs the connection: it is made anew at the next Open.
  void GiveUpCopy() { broken_ = true; }

  // Adds a statement to the pipeline. Its outcome is known after Sync; a fault of sending comes out
  // there too.
  std::shared_ptr<Outcome> Queue(const std::shared_ptr<Prepared>& prepared,
                                 const std::vector<Parameter>& parameters);
  // Sends what is queued without waiting, so that the server is at work on it meanwhile. It takes a
  // Sync of its own to wait for it.
  absl::Status Dispatch();
  // Sends what is queued and waits for all of it; for what was dispatched before that, first. The
  // first failure, of whichever statement; those behind it were not run and have its status.
  absl::Status Sync();

  // True inside a transaction that can only be rolled back.
  bool transaction_failed() const;
  bool in_transaction() const;

  // For ConnectionPool. Ends a transaction that was left open.
  void Rest();

  // Begins at each Open; tells whether it is still the same session.
  int64_t session() const { return session_; }

 private:
  struct Waiting {
    std::shared_ptr<Outcome> outcome;
    // Set for the preparation of a text.
    std::shared_ptr<Prepared> prepares;
  };
  absl::Status Connect();
  absl::Status SetUp();
  absl::Status Broken(absl::string_view doing);
  void Send(const std::shared_ptr<Prepared>& prepared, const std::vector<Parameter>& parameters);
  // Sends a text of any number of statements, outside the pipeline; EndText waits for what is left
  // of its results and goes back into it. The first failure.
  absl::Status SendText(const std::string& sql);
  absl::Status EndText(Instant deadline);
  // When a server that is asked now is given up.
  Instant Patience() const;
  // Waits until something came, and takes it in.
  absl::Status AwaitInput(Instant deadline);
  // Waits until the next result can be had without waiting.
  absl::Status AwaitResult(Instant deadline);
  absl::StatusOr<PGresult_ptr> NextResult(Instant deadline);
  absl::Status ReadOutcome(const Waiting& waiting, Instant deadline);
  absl::Status ReadOutcomes(const std::vector<Waiting>& batch);
  // To what is told of a result.
  absl::Status StatusOf(const PGresult* result) const;

  const Options options_;
  PGconn_ptr connection_;
  bool broken_ = false;
  int64_t session_ = 0;
  int prepared_count_ = 0;
  Instant copy_deadline_;
  absl::flat_hash_map<std::string, std::shared_ptr<Prepared>> cache_;
  // Queued, and dispatched.
  std::vector<Waiting> waiting_;
  std::deque<std::vector<Waiting>> sent_;
};

// `?` and `?N` become `$N`.
std::string DollarParameters(absl::string_view sql);

}  // namespace clearway
