#include "service/store/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "service/base/file.h"
#include "service/base/status_macros.h"
#include "service/store/postgres/postgres_status.h"
#include "service/store/postgres/statement.h"

namespace clearway {
namespace {

// The first with 64-bit transaction ids by name.
constexpr int kOldestServer = 130000;
// How much later than the server itself a silent server is given up.
constexpr absl::Duration kPatience = absl::Seconds(5);
constexpr int kBinary = 1;

std::string SqlState(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? "" : state;
}

std::string Words(const PGresult* result) {
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return primary == nullptr ? PQresultErrorMessage(result) : primary;
}

bool IsError(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
         status == PGRES_PIPELINE_ABORTED;
}

void DropNotice(void*, const PGresult*) {}

// libpq's own words quote what they cannot parse, which may be a password.
absl::Status CheckConninfo(const std::string& conninfo) {
  char* words = nullptr;
  PQconninfoOption* options = PQconninfoParse(conninfo.c_str(), &words);
  PQfreemem(words);
  if (options == nullptr) {
    return absl::InvalidArgumentError(
        "the PostgreSQL connection string is malformed; it is written \"host=… dbname=…\" or "
        "\"postgresql://…\"");
  }
  PQconninfoFree(options);
  return absl::OkStatus();
}

// -1: poll's own "for ever".
int PollMillis(PgConnection::Instant deadline) {
  if (deadline == PgConnection::Instant::max()) return -1;
  const auto left = deadline - std::chrono::steady_clock::now();
  const int64_t millis = std::chrono::duration_cast<std::chrono::milliseconds>(left).count() + 1;
  return static_cast<int>(std::clamp<int64_t>(millis, 0, 3'600'000));
}

}  // namespace

std::string DollarParameters(absl::string_view sql) {
  std::string out;
  int next = 1;
  for (size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] != '?') {
      out.push_back(sql[i]);
    } else if (i + 1 < sql.size() && absl::ascii_isdigit(sql[i + 1])) {
      out.push_back('$');
    } else {
      absl::StrAppend(&out, "$", next++);
    }
  }
  return out;
}

absl::Status PgConnection::Open() {
  if (usable()) return absl::OkStatus();
  waiting_.clear();
  sent_.clear();
  cache_.clear();
  broken_ = false;
  ++session_;
  absl::Status opened = Connect();
  if (opened.ok()) opened = SetUp();
  if (!opened.ok()) connection_.reset();
  return opened;
}

absl::Status PgConnection::Connect() {
  RETURN_IF_ERROR(CheckConninfo(options_.conninfo));
  std::string password;
  if (!options_.password_file.empty()) {
    ASSIGN_OR_RETURN(password, ReadFile(options_.password_file));
    absl::StripTrailingAsciiWhitespace(&password);
  }
  const std::string connect_timeout = absl::StrCat(std::max<int64_t>(
      2, absl::ToInt64Seconds(absl::Ceil(options_.connect_timeout, absl::Seconds(1)))));
  const std::string silence =
      absl::StrCat(absl::ToInt64Milliseconds(options_.statement_timeout + kPatience));
  // Of two values of one key the last counts, and `dbname` is expanded in its place: defaults
  // before it, what must be behind it.
  const char* const keys[] = {"connect_timeout",
                              "target_session_attrs",
                              "keepalives_idle",
                              "tcp_user_timeout",
                              "dbname",
                              "application_name",
                              "client_encoding",
                              password.empty() ? nullptr : "password",
                              nullptr};
  const char* const values[] = {connect_timeout.c_str(),
                                "read-write",
                                "30",
                                silence.c_str(),
                                options_.conninfo.c_str(),
                                "clearwayd",
                                "UTF8",
                                password.c_str(),
                                nullptr};
  connection_.reset(PQconnectdbParams(keys, values, /*expand_dbname=*/1));
  if (connection_ == nullptr) return absl::ResourceExhaustedError("no memory for a connection");
  PGconn* db = connection_.get();
  // libpq's words name host and user, never the password.
  if (PQstatus(db) != CONNECTION_OK) return PostgresError("", "be reached", PQerrorMessage(db));
  if (PQserverVersion(db) < kOldestServer) {
    return absl::FailedPreconditionError(absl::StrCat("PostgreSQL ", PQserverVersion(db) / 10000,
                                                      " is too old; 13 or newer is needed"));
  }
  PQsetNoticeReceiver(db, DropNotice, nullptr);
  return absl::OkStatus();
}

absl::Status PgConnection::SetUp() {
  // An answer follows the commit, so the commit must be on disk, whatever the server's default; a
  // stronger setting than `on` is left alone. Every statement has an index to go by: to read a
  // table instead, because it was small or empty when it was last looked at, is never right for
  // long; where there is none (of sequences), the planner then takes the statement for a dear one,
  // worth a tenth of a second of compilation each time it runs: no statement is.
  return Execute(absl::StrCat("SELECT set_config('statement_timeout', '",
                              absl::ToInt64Milliseconds(options_.statement_timeout),
                              "', false), set_config('idle_in_transaction_session_timeout', '",
                              absl::ToInt64Milliseconds(2 * options_.statement_timeout + kPatience),
                              "', false), set_config('enable_seqscan', 'off', false), "
                              "set_config('cursor_tuple_fraction', '1', false), "
                              "set_config('jit', 'off', false), "
                              "set_config('synchronous_commit', CASE WHEN "
                              "current_setting('synchronous_commit') = 'off' THEN 'on' ELSE "
                              "current_setting('synchronous_commit') END, false)"));
}

absl::Status PgConnection::Broken(absl::string_view doing) {
  broken_ = true;
  return PostgresError(
      "", doing, connection_ == nullptr ? "not connected" : PQerrorMessage(connection_.get()));
}

absl::StatusOr<PgStatement> PgConnection::Cached(absl::string_view sql) {
  const auto found = cache_.find(sql);
  if (found != cache_.end()) return PgStatement(*this, found->second);
  auto prepared = std::make_shared<Prepared>(
      Prepared{absl::StrCat("s", ++prepared_count_), DollarParameters(sql), false});
  cache_.emplace(std::string(sql), prepared);
  return PgStatement(*this, std::move(prepared));
}

absl::StatusOr<PgStatement> PgConnection::Prepare(absl::string_view sql) {
  return PgStatement(*this, std::make_shared<Prepared>(Prepared{"", DollarParameters(sql), false}));
}

absl::Status PgConnection::SendText(const std::string& sql) {
  if (!usable()) return Broken("run a script");
  PGconn* db = connection_.get();
  if (PQpipelineStatus(db) != PQ_PIPELINE_OFF && PQexitPipelineMode(db) != 1) {
    return Broken("leave the pipeline");
  }
  return PQsendQuery(db, sql.c_str()) == 1 ? absl::OkStatus() : Broken("send a script");
}

absl::Status PgConnection::EndText(Instant deadline) {
  absl::Status status;
  while (usable()) {
    absl::StatusOr<PGresult_ptr> result = NextResult(deadline);
    status.Update(result.status());
    if (!result.ok() || *result == nullptr) break;
    if (IsError(result->get())) status.Update(StatusOf(result->get()));
  }
  PGconn* db = connection_.get();
  if (usable() && (PQsetnonblocking(db, 1) != 0 || PQenterPipelineMode(db) != 1)) {
    status.Update(Broken("enter the pipeline"));
  }
  return status;
}

absl::Status PgConnection::Execute(const std::string& sql) {
  RETURN_IF_ERROR(SendText(sql));
  return EndText(Instant::max());
}

absl::Status PgConnection::BeginCopy(const std::string& select) {
  RETURN_IF_ERROR(SendText(absl::StrCat("COPY (", select, ") TO STDOUT (FORMAT binary)")));
  copy_deadline_ = Patience();
  ASSIGN_OR_RETURN(const PGresult_ptr begun, NextResult(copy_deadline_));
  if (PQresultStatus(begun.get()) == PGRES_COPY_OUT) return absl::OkStatus();
  absl::Status status = StatusOf(begun.get());
  EndText(copy_deadline_).IgnoreError();
  return status;
}

absl::StatusOr<PgConnection::CopiedRow> PgConnection::NextCopied() {
  while (usable()) {
    char* bytes = nullptr;
    const int size = PQgetCopyData(connection_.get(), &bytes, /*async=*/1);
    if (size > 0) return CopiedRow{PgBytes_ptr(bytes), static_cast<size_t>(size)};
    if (size == -1) {
      RETURN_IF_ERROR(EndText(copy_deadline_));
      return CopiedRow();
    }
    if (size < 0) break;
    RETURN_IF_ERROR(AwaitInput(copy_deadline_));
  }
  return Broken("be read from");
}

std::shared_ptr<PgConnection::Outcome> PgConnection::Queue(
    const std::shared_ptr<Prepared>& prepared, const std::vector<Parameter>& parameters) {
  auto outcome = std::make_shared<Outcome>();
  if (usable()) Send(prepared, parameters);
  waiting_.push_back({outcome, nullptr});
  return outcome;
}

void PgConnection::Send(const std::shared_ptr<Prepared>& prepared,
                        const std::vector<Parameter>& parameters) {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const Parameter& parameter : parameters) {
    types.push_back(parameter.type);
    values.push_back(parameter.null ? nullptr : parameter.bytes.data());
    lengths.push_back(static_cast<int>(parameter.bytes.size()));
  }
  const std::vector<int> formats(parameters.size(), kBinary);
  const int count = static_cast<int>(parameters.size());
  PGconn* db = connection_.get();
  bool sent = true;
  if (prepared->name.empty()) {
    sent = PQsendQueryParams(db, prepared->sql.c_str(), count, types.data(), values.data(),
                             lengths.data(), formats.data(), kBinary) == 1;
  } else {
    if (!prepared->known_to_server) {
      sent = PQsendPrepare(db, prepared->name.c_str(), prepared->sql.c_str(), count,
                           types.data()) == 1;
      prepared->known_to_server = true;
      waiting_.push_back({std::make_shared<Outcome>(), prepared});
    }
    sent = sent && PQsendQueryPrepared(db, prepared->name.c_str(), count, values.data(),
                                       lengths.data(), formats.data(), kBinary) == 1;
  }
  if (!sent) broken_ = true;
}

PgConnection::Instant PgConnection::Patience() const {
  return std::chrono::steady_clock::now() +
         absl::ToChronoNanoseconds(options_.statement_timeout + kPatience);
}

absl::Status PgConnection::AwaitInput(Instant deadline) {
  PGconn* db = connection_.get();
  const int unsent = PQflush(db);
  if (unsent < 0) return Broken("be written to");
  pollfd waited{PQsocket(db), static_cast<int16_t>(POLLIN | (unsent > 0 ? POLLOUT : 0)), 0};
  const int ready = poll(&waited, 1, PollMillis(deadline));
  if (ready < 0 && errno != EINTR) return Broken("be waited for");
  if (ready == 0 && std::chrono::steady_clock::now() >= deadline) {
    broken_ = true;
    return PostgresError("", "answer", "the server was silent for too long");
  }
  if (ready > 0 && (waited.revents & ~POLLOUT) != 0 && PQconsumeInput(db) != 1) {
    return Broken("be read from");
  }
  return absl::OkStatus();
}

absl::Status PgConnection::AwaitResult(Instant deadline) {
  while (PQisBusy(connection_.get()) != 0) RETURN_IF_ERROR(AwaitInput(deadline));
  return absl::OkStatus();
}

absl::StatusOr<PGresult_ptr> PgConnection::NextResult(Instant deadline) {
  RETURN_IF_ERROR(AwaitResult(deadline));
  return PGresult_ptr(PQgetResult(connection_.get()));
}

absl::Status PgConnection::StatusOf(const PGresult* result) const {
  return PostgresError(SqlState(result), "do what was asked", Words(result));
}

absl::Status PgConnection::ReadOutcome(const Waiting& waiting, Instant deadline) {
  Outcome& outcome = *waiting.outcome;
  ASSIGN_OR_RETURN(outcome.result, NextResult(deadline));
  if (outcome.result == nullptr) return Broken("answer");
  if (IsError(outcome.result.get())) {
    outcome.status = StatusOf(outcome.result.get());
    // A connection that ends says why in a result of its own.
    if (PQstatus(connection_.get()) != CONNECTION_OK) broken_ = true;
  }
  if (broken_) return outcome.status;
  // Behind each result stands an empty one.
  ASSIGN_OR_RETURN(const PGresult_ptr end, NextResult(deadline));
  return end == nullptr ? absl::OkStatus() : Broken("keep the order of its answers");
}

absl::Status PgConnection::ReadOutcomes(const std::vector<Waiting>& batch) {
  const Instant deadline = Patience();
  absl::Status first;
  for (const Waiting& waiting : batch) {
    if (usable()) {
      const absl::Status read = ReadOutcome(waiting, deadline);
      if (first.ok()) first = waiting.outcome->status.ok() ? read : waiting.outcome->status;
    }
    // What stood behind a failure was not run.
    waiting.outcome->known = true;
    if (!first.ok()) {
      waiting.outcome->status = first;
      if (waiting.prepares != nullptr) waiting.prepares->known_to_server = false;
    }
  }
  if (!usable()) return first;
  const absl::StatusOr<PGresult_ptr> sync = NextResult(deadline);
  first.Update(sync.status());
  if (sync.ok() && PQresultStatus(sync->get()) != PGRES_PIPELINE_SYNC) {
    first.Update(Broken("keep the order of its answers"));
  }
  return first;
}

absl::Status PgConnection::Dispatch() {
  sent_.push_back(std::exchange(waiting_, {}));
  // What cannot be sent at once is when it is waited for.
  if (usable() && PQpipelineSync(connection_.get()) == 1 && PQflush(connection_.get()) >= 0) {
    return absl::OkStatus();
  }
  return Broken("be written to");
}

absl::Status PgConnection::Sync() {
  if (!waiting_.empty() || sent_.empty()) Dispatch().IgnoreError();
  // What was dispatched before comes first.
  const std::vector<Waiting> batch = std::move(sent_.front());
  sent_.pop_front();
  if (usable()) return ReadOutcomes(batch);
  absl::Status status = Broken("be written to");
  for (const Waiting& waiting : batch) {
    waiting.outcome->known = true;
    waiting.outcome->status = status;
  }
  return status;
}

bool PgConnection::transaction_failed() const {
  return !usable() || PQtransactionStatus(connection_.get()) == PQTRANS_INERROR;
}

bool PgConnection::in_transaction() const {
  return usable() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

void PgConnection::Rest() {
  while (!waiting_.empty() || !sent_.empty()) Sync().IgnoreError();
  if (!in_transaction()) return;
  Execute("ROLLBACK").IgnoreError();
}

}  // namespace clearway
