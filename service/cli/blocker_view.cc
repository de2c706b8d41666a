#include "service/cli/blocker_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

#include "service/base/duration.h"
#include "service/cli/proto_text.h"
#include "service/report/display_text.h"
#include "service/report/text_table.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

std::string Number(const v1::Blocker& blocker) {
  return blocker.name().substr(blocker.name().rfind('/') + 1);
}

// Of the spell that lasts, or the last one.
std::string Age(const v1::Blocker& blocker, absl::Time now) {
  const absl::Time begin =
      FromProto(blocker.has_reopen_time() ? blocker.reopen_time() : blocker.open_time());
  return FormatAge((blocker.has_resolve_time() ? FromProto(blocker.resolve_time()) : now) - begin);
}

std::string History(const v1::Blocker& blocker) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::BlockerChange& change : blocker.history()) {
    rows.push_back({TimeText(true, change.change_time()), NameOf(change.to_state()), change.actor(),
                    NameOf(change.category()), NameOf(change.reason()), change.note()});
  }
  return FormatTable(
      {{"TIME (UTC)"}, {"STATE"}, {"BY", false, 30}, {"CATEGORY"}, {"REASON"}, {"NOTE"}}, rows);
}

}  // namespace

std::string BlockerTable(const std::vector<v1::Blocker>& blockers, absl::Time now) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::Blocker& blocker : blockers) {
    rows.push_back({Number(blocker), blocker.ticket(), NameOf(blocker.state()),
                    NameOf(blocker.category()), NameOf(blocker.reason()), Age(blocker, now),
                    absl::StrCat(blocker.escalation_level()), blocker.waiting_on(),
                    blocker.title()});
  }
  return FormatTable({{"NO", true},
                      {"TICKET", false, 32},
                      {"STATE"},
                      {"CATEGORY"},
                      {"REASON"},
                      {"AGE", true},
                      {"LEVEL", true},
                      {"WAITING ON", false, 24},
                      {"TITLE", false, 48}},
                     rows);
}

std::string BlockerDetails(const v1::Blocker& blocker, absl::Time now) {
  std::string out;
  const auto line = [&out](absl::string_view label, absl::string_view value) {
    if (!value.empty()) out += absl::StrFormat("%-14s%s\n", label, OneLine(value));
  };
  line("blocker", blocker.name());
  line("ticket", absl::StrCat(blocker.source(), " ", blocker.ticket()));
  line("title", blocker.title());
  line("project", blocker.project());
  line("url", blocker.url());
  line("state", NameOf(blocker.state()));
  line("category", NameOf(blocker.category()));
  line("reason", NameOf(blocker.reason()));
  line("secondary", NameOf(blocker.secondary()));
  line("confidence", absl::StrFormat("%.2f", blocker.confidence()));
  line("waiting on", blocker.waiting_on());
  line("age", Age(blocker, now));
  line("level", absl::StrCat(blocker.escalation_level()));
  line("next step", TimeText(blocker.has_next_escalation_time(), blocker.next_escalation_time()));
  line("snoozed until", TimeText(blocker.has_snooze_end_time(), blocker.snooze_end_time()));
  line("reopened", absl::StrCat(blocker.reopen_count(), " times"));
  if (blocker.history_size() > 0) absl::StrAppend(&out, "\n", History(blocker));
  return out;
}

}  // namespace clearway
