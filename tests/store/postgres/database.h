#pragma once

#include <memory>
#include <string>

#include "service/store/postgres/postgres_store.h"

namespace clearway::testing {

// An empty database on the tests' own server, dropped when this goes. The server is that of ctest's
// fixture: CLEARWAY_TEST_POSTGRES names the file that says how to reach it. Without one every test
// fails: a back end that is skipped is not tested.
class PostgresDatabase {
 public:
  PostgresDatabase();
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  // Pauses take no time, and chance is none.
  PostgresStore::Options options() const;
  // A store of its own over this database, as another process would have.
  std::unique_ptr<Store> Open() const { return Open(options()); }
  std::unique_ptr<Store> Open(const PostgresStore::Options& options) const;
  // A connection beside those of the stores.
  std::unique_ptr<PgConnection> Connect() const;
  // The first column of the only row of a query.
  std::string Value(const std::string& sql) const;
  void Execute(const std::string& sql) const;
  // The path of the server's socket.
  std::string server_socket() const;

 private:
  std::string name_;
  std::string server_;
};

}  // namespace clearway::testing
