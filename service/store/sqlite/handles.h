#pragma once

#include <sqlite3.h>

#include <memory>

namespace clearway {

struct SqliteCloser {
  // _v2: a statement that is still alive keeps the connection until it is gone.
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using sqlite3_ptr = std::unique_ptr<sqlite3, SqliteCloser>;

struct SqliteFinalizer {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using sqlite3_stmt_ptr = std::unique_ptr<sqlite3_stmt, SqliteFinalizer>;

}  // namespace clearway
