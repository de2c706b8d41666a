#include "service/store/postgres/report_query.h"

#include "absl/strings/str_cat.h"

#include "service/store/postgres/copy.h"
#include "service/store/rows.h"

namespace clearway {

std::string SelectLasting(const std::string& tenant, const std::string& project, absl::Time from,
                          absl::Time to) {
  std::string select = absl::StrCat(
      "SELECT " CLEARWAY_REPORTED_COLUMNS " FROM blockers WHERE tenant = ", PgTextLiteral(tenant),
      " AND open_time_us <= ", PgNumberLiteral(absl::ToUnixMicros(to)));
  if (!project.empty()) absl::StrAppend(&select, " AND project = ", PgBytesLiteral(project));
  const std::string ended =
      absl::StrCat(" AND resolve_time_us >= ", PgNumberLiteral(absl::ToUnixMicros(from)));
  // A range of an index each; of what ended no rows are read, but for the few that came back over
  // and over: see schema/0007_reports.sql.
  return absl::StrCat(select, " AND resolve_time_us IS NULL UNION ALL ", select, ended,
                      " AND octet_length(past_spells) <= 1000 UNION ALL ", select, ended,
                      " AND octet_length(past_spells) > 1000");
}

}  // namespace clearway
