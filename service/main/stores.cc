#include "service/main/stores.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"

#include "service/base/file.h"
#include "service/base/status_macros.h"
#include "service/store/metered_store.h"
#include "service/store/postgres/postgres_store.h"
#include "service/store/retry_metrics.h"
#include "service/store/sqlite/sqlite_store.h"
#include "service/store/store_registry.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

void AppendSetting(absl::string_view key, absl::string_view value, std::string* conninfo) {
  if (value.empty()) return;
  absl::StrAppend(conninfo, key, "='", absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"'", "\\'"}}),
                  "' ");
}

// In libpq's form.
absl::StatusOr<std::string> Conninfo(const config::v1::PostgresConfig& config) {
  if (!config.conninfo_file().empty()) {
    ASSIGN_OR_RETURN(std::string conninfo, ReadFile(config.conninfo_file()));
    absl::StripAsciiWhitespace(&conninfo);
    return conninfo;
  }
  std::string conninfo;
  AppendSetting("host", config.host(), &conninfo);
  AppendSetting("port", config.port() == 0 ? "" : absl::StrCat(config.port()), &conninfo);
  AppendSetting("dbname", config.dbname(), &conninfo);
  AppendSetting("user", config.user(), &conninfo);
  return conninfo;
}

absl::StatusOr<std::unique_ptr<Store>> OpenPostgres(const config::v1::PostgresConfig& config,
                                                    Random& random, prometheus::Registry& metrics) {
  PostgresStore::Options options;
  ASSIGN_OR_RETURN(options.connection.conninfo, Conninfo(config));
  options.connection.password_file = config.password_file();
  options.connection.statement_timeout = FromProto(config.statement_timeout());
  options.readers = config.readers();
  options.sleep = absl::SleepFor;
  const auto retries = std::make_shared<RetryMetrics>("postgres", metrics);
  options.on_retry = [retries](StoreRetry cause) { retries->Count(cause); };
  return PostgresStore::Open(options, random);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::StoreConfig& config,
                                                 Random& random, prometheus::Registry& metrics,
                                                 Logger& log) {
  StoreRegistry backends;
  backends.Register("sqlite", [&config, &log] {
    return SqliteStore::Open({.path = config.sqlite().path(),
                              .readers = config.sqlite().readers(),
                              .warn = [&log](const std::string& what) { log.Warning(what); }});
  });
  backends.Register("postgres", [&config, &random, &metrics] {
    return OpenPostgres(config.postgres(), random, metrics);
  });
  ASSIGN_OR_RETURN(std::unique_ptr<Store> store, backends.Open(config.backend()));
  return std::make_unique<MeteredStore>(std::move(store), config.backend(), metrics);
}

}  // namespace clearway
