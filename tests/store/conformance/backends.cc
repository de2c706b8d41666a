#include "tests/store/conformance/backends.h"

#include <utility>

#include "service/store/sqlite/sqlite_store.h"
#include "tests/store/postgres/database.h"

namespace clearway::testing {
namespace {

class SqliteGround final : public Ground {
 public:
  explicit SqliteGround(std::string path) { options_.path = std::move(path); }
  absl::StatusOr<std::unique_ptr<Store>> Open() override { return SqliteStore::Open(options_); }

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
         return std::make_unique<SqliteGround>(":memory:");
       }},
      {"Postgres",
       [](const std::string&) -> std::unique_ptr<Ground> {
         return std::make_unique<PostgresGround>();
       }},
  };
}

}  // namespace clearway::testing
