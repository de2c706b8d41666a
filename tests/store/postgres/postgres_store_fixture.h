#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "service/store/postgres/postgres_store.h"
#include "tests/store/postgres/database.h"
#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {

// A store over a PostgreSQL database of the test's own.
class PostgresStoreTest : public ::testing::Test {
 protected:
  PostgresStoreTest() : store_(database_.Open()) {}

  absl::Status PutTicket(Store& store, const TicketKey& key = Key()) {
    return store.Transact([&](Transaction& tx) { return tx.PutTicket(key, FullTicket()); });
  }
  int64_t PutBlocker(Store& store, const TicketKey& key = Key()) {
    int64_t id = 0;
    EXPECT_THAT(store.Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(id, tx.PutBlocker(OpenBlocker(key)));
      return absl::OkStatus();
    }),
                IsOk());
    return id;
  }
  // Ends every other session on the database, in the way that a crash or a fail-over does.
  void CutAll(const std::string& before = "") {
    database_.Execute(absl::StrCat(before,
                                   "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                                   "WHERE datname = current_database() AND pid <> "
                                   "pg_backend_pid()"));
  }

  PostgresDatabase database_;
  std::unique_ptr<Store> store_;
};

}  // namespace clearway::testing
