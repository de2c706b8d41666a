#pragma once

#include <memory>

#include <libpq-fe.h>

namespace clearway {

struct PgCloser {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PGconn_ptr = std::unique_ptr<PGconn, PgCloser>;

struct PgClearer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PGresult_ptr = std::unique_ptr<PGresult, PgClearer>;

struct PgFreer {
  void operator()(char* bytes) const { PQfreemem(bytes); }
};
using PgBytes_ptr = std::unique_ptr<char, PgFreer>;

}  // namespace clearway
