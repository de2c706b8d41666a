#include "tests/store/postgres/database.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/store/postgres/statement.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

std::string ServerConninfo() {
  const char* file = std::getenv("CLEARWAY_TEST_POSTGRES");
  std::string conninfo;
  if (file != nullptr) {
    std::ifstream in(file);
    std::getline(in, conninfo);
  }
  EXPECT_NE(conninfo, "")
      << "no server; run this through ctest, or set CLEARWAY_TEST_POSTGRES to a "
         "file written by tests/testing/postgres_server.py start FILE";
  return conninfo;
}

std::string NewName() {
  static std::atomic<int> count = 0;
  return absl::StrCat("test_", getpid(), "_", ++count);
}

class NoRandom final : public Random {
 public:
  double Uniform() override { return 0; }
};

}  // namespace

PostgresDatabase::PostgresDatabase() : name_(NewName()), server_(ServerConninfo()) {
  PgConnection::Options server;
  server.conninfo = server_;
  PgConnection connection(server);
  EXPECT_THAT(connection.Open(), IsOk());
  EXPECT_THAT(connection.Execute(absl::StrCat("CREATE DATABASE ", name_)), IsOk());
}

PostgresDatabase::~PostgresDatabase() {
  PgConnection::Options server;
  server.conninfo = server_;
  PgConnection connection(server);
  EXPECT_THAT(connection.Open(), IsOk());
  EXPECT_THAT(connection.Execute(absl::StrCat("DROP DATABASE ", name_, " WITH (FORCE)")), IsOk());
}

PostgresStore::Options PostgresDatabase::options() const {
  PostgresStore::Options options;
  options.connection.conninfo = absl::StrCat(server_, " dbname=", name_);
  options.sleep = [](absl::Duration) {};
  return options;
}

std::unique_ptr<Store> PostgresDatabase::Open(const PostgresStore::Options& options) const {
  static NoRandom random;
  absl::StatusOr<std::unique_ptr<Store>> store = PostgresStore::Open(options, random);
  EXPECT_THAT(store, IsOk());
  return store.ok() ? *std::move(store) : nullptr;
}

std::unique_ptr<PgConnection> PostgresDatabase::Connect() const {
  auto connection = std::make_unique<PgConnection>(options().connection);
  EXPECT_THAT(connection->Open(), IsOk());
  return connection;
}

std::string PostgresDatabase::Value(const std::string& sql) const {
  const std::unique_ptr<PgConnection> connection = Connect();
  absl::StatusOr<PgStatement> select =
      connection->Prepare(absl::StrCat("SELECT (", sql, ")::text"));
  EXPECT_THAT(select->Step(), IsOkAndHolds(true)) << sql;
  return select->Text(0);
}

std::string PostgresDatabase::server_socket() const {
  return absl::StrCat(Value("current_setting('unix_socket_directories')"), "/.s.PGSQL.",
                      Value("current_setting('port')"));
}

void PostgresDatabase::Execute(const std::string& sql) const {
  EXPECT_THAT(Connect()->Execute(sql), IsOk()) << sql;
}

}  // namespace clearway::testing
