#include "tests/store/conformance/backends.h"

#include <utility>

#include "service/base/status_macros.h"
#include "service/store/sqlite/connection.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/store/postgres/database.h"

namespace clearway::testing {
namespace {

constexpr char kMemory[] = ":memory:";

class SqliteGround final : public Ground {
 public:
  explicit SqliteGround(std::string path) { options_.path = std::move(path); }
  absl::StatusOr<std::unique_ptr<Store>> Open() override { return SqliteStore::Open(options_); }
  absl::Status Execute(const std::string& sql) override {
    if (options_.path == kMemory) return absl::UnimplementedError("it is in the store's memory");
    SqliteConnection::Options beside;
    beside.path = options_.path;
    ASSIGN_OR_RETURN(const std::unique_ptr<SqliteConnection> connection,
                     SqliteConnection::Open(beside));
    return connection->Execute(sql);
  }

 private:
  SqliteStore::Options options_;
};

class PostgresGround final : public Ground {
 public:
  absl::StatusOr<std::unique_ptr<Store>> Open() override {
    std::unique_ptr<Store> store = database_.Open();
    if (store == nullptr) return absl::UnavailableError("no server");
    return store;
  }
  absl::Status Execute(const std::string& sql) override {
    database_.Execute(sql);
    return absl::OkStatus();
  }

 private:
  PostgresDatabase database_;
};

}  // namespace

std::vector<Backend> Backends() {
  return {
      {"SqliteFile",
       [](const std::string& dir) -> std::unique_ptr<Ground> {
         return std::make_unique<SqliteGround>(dir + "/clearway.db");
       }},
      {"SqliteMemory",
       [](const std::string&) -> std::unique_ptr<Ground> {
         return std::make_unique<SqliteGround>(kMemory);
       }},
      {"Postgres",
       [](const std::string&) -> std::unique_ptr<Ground> {
         return std::make_unique<PostgresGround>();
       }},
  };
}

std::vector<Backend> LastingBackends() {
  std::vector<Backend> backends = Backends();
  std::erase_if(backends, [](const Backend& backend) { return backend.name == "SqliteMemory"; });
  return backends;
}

}  // namespace clearway::testing
