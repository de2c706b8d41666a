#include "tests/store/conformance/backends.h"

#include "service/store/sqlite/sqlite_store.h"

namespace clearway::testing {

std::vector<Backend> Backends() {
  return {
      {"SqliteFile",
       [](const std::string& dir) {
         SqliteStore::Options options;
         options.path = dir + "/clearway.db";
         return SqliteStore::Open(options);
       }},
      {"SqliteMemory",
       [](const std::string&) {
         SqliteStore::Options options;
         options.path = ":memory:";
         return SqliteStore::Open(options);
       }},
  };
}

}  // namespace clearway::testing
