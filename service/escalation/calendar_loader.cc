#include "service/escalation/calendar_loader.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "service/base/status_macros.h"
#include "service/escalation/names.h"

namespace clearway {
namespace {

using google::protobuf::RepeatedPtrField;

constexpr int kMinutesPerDay = 24 * 60;
// Longer stretches, and other centuries, are slips of the pen.
constexpr int kMaxDays = 366;
constexpr absl::CivilDay kFirstDay(1970, 1, 1);
constexpr absl::CivilDay kLastDay(2199, 12, 31);

using Week = std::array<std::vector<DayHours>, 7>;

// Names that the time zone library takes for files stay out: "/etc/…", "localtime".
absl::StatusOr<absl::TimeZone> ReadZone(const std::string& name, const std::string& path,
                                        const YamlFile& file) {
  absl::TimeZone zone;
  const bool plain =
      !name.empty() && absl::ascii_isupper(name.front()) &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
      });
  if (plain && absl::LoadTimeZone(name, &zone)) return zone;
  return file.Fault(path + ".time_zone",
                    NameFault(name, "give a name of the time zone database such as Asia/Shanghai"));
}

// Minutes of "HH:MM"; -1 for anything else.
int ReadClock(absl::string_view text) {
  int hour = 0;
  int minute = 0;
  if (text.size() != 5 || text[2] != ':' || !absl::ascii_isdigit(text[0]) ||
      !absl::ascii_isdigit(text[1]) || !absl::ascii_isdigit(text[3]) ||
      !absl::ascii_isdigit(text[4]) || !absl::SimpleAtoi(text.substr(0, 2), &hour) ||
      !absl::SimpleAtoi(text.substr(3), &minute) || minute > 59) {
    return -1;
  }
  const int time = hour * 60 + minute;
  return time <= kMinutesPerDay ? time : -1;
}

// Where `over_midnight`, the end may lie before the begin: on the next day.
absl::StatusOr<DayHours> ReadHours(const std::string& text, bool over_midnight,
                                   const std::string& path, const YamlFile& file) {
  const std::vector<absl::string_view> ends = absl::StrSplit(text, '-');
  DayHours hours;
  if (ends.size() == 2) hours = {ReadClock(ends[0]), ReadClock(ends[1])};
  if (ends.size() != 2 || hours.begin < 0 || hours.end < 0 || hours.begin == hours.end) {
    return file.Fault(path, NameFault(text, "give hours such as 09:00-12:00"));
  }
  if (hours.end < hours.begin && !over_midnight) {
    return file.Fault(path, NameFault(text,
                                      "give an end after the begin; 24:00 is midnight, and what "
                                      "comes after it belongs to the next day"));
  }
  return hours;
}

absl::StatusOr<std::vector<DayHours>> ReadDay(const RepeatedPtrField<std::string>& texts,
                                              const std::string& path, const YamlFile& file) {
  std::vector<DayHours> day;
  for (int i = 0; i < texts.size(); ++i) {
    ASSIGN_OR_RETURN(const DayHours hours, ReadHours(texts[i], /*over_midnight=*/false,
                                                     absl::StrCat(path, "[", i, "]"), file));
    day.push_back(hours);
  }
  return day;
}

// The days of the week an entry is for, from 0, each once among all entries.
absl::StatusOr<std::vector<size_t>> DaysOf(const config::v1::WeekHoursConfig& config,
                                           const std::string& path, std::array<bool, 7>* seen,
                                           const YamlFile& file) {
  std::vector<size_t> days;
  for (const int day : config.days()) days.push_back(static_cast<size_t>(day) - 1);
  if (days.empty()) days = {0, 1, 2, 3, 4, 5, 6};
  for (const size_t day : days) {
    if ((*seen)[day]) return file.Fault(path + ".days", "names a day that was given before");
    (*seen)[day] = true;
  }
  if (config.hours().empty()) return file.Fault(path + ".hours", "is empty; give at least one");
  return days;
}

absl::StatusOr<Week> ReadWeek(const RepeatedPtrField<config::v1::WeekHoursConfig>& entries,
                              bool over_midnight, const std::string& path, const YamlFile& file) {
  Week week;
  std::array<bool, 7> seen{};
  for (int i = 0; i < entries.size(); ++i) {
    const std::string where = absl::StrCat(path, "[", i, "]");
    ASSIGN_OR_RETURN(const std::vector<size_t> days, DaysOf(entries[i], where, &seen, file));
    for (int k = 0; k < entries[i].hours_size(); ++k) {
      ASSIGN_OR_RETURN(const DayHours hours,
                       ReadHours(entries[i].hours(k), over_midnight,
                                 absl::StrCat(where, ".hours[", k, "]"), file));
      for (const size_t day : days) {
        if (hours.begin < hours.end) {
          week[day].push_back(hours);
          continue;
        }
        week[day].push_back({hours.begin, kMinutesPerDay});
        if (hours.end > 0) week[(day + 1) % 7].push_back({0, hours.end});
      }
    }
  }
  return week;
}

// "2026-10-01" or "2026-10-01..2026-10-07".
absl::StatusOr<std::vector<absl::CivilDay>> ReadDates(const std::string& text,
                                                      const std::string& path,
                                                      const YamlFile& file) {
  const std::vector<std::string> ends = absl::StrSplit(text, "..");
  absl::CivilDay first;
  absl::CivilDay last;
  const bool readable = ends.size() <= 2 && absl::ParseCivilTime(ends.front(), &first) &&
                        absl::ParseCivilTime(ends.back(), &last);
  if (!readable || first > last || last - first >= kMaxDays || first < kFirstDay ||
      last > kLastDay) {
    return file.Fault(path, NameFault(text,
                                      "give a day such as 2026-10-01, or the first and the last "
                                      "of at most 366 as 2026-10-01..2026-10-07"));
  }
  std::vector<absl::CivilDay> days;
  for (; first <= last; ++first) days.push_back(first);
  return days;
}

absl::Status AddExceptions(const RepeatedPtrField<std::string>& dates,
                           const std::vector<DayHours>& hours, const std::string& path,
                           const YamlFile& file, BusinessCalendar::Spec* spec) {
  for (int i = 0; i < dates.size(); ++i) {
    const std::string where = absl::StrCat(path, "[", i, "]");
    ASSIGN_OR_RETURN(const std::vector<absl::CivilDay> days, ReadDates(dates[i], where, file));
    for (const absl::CivilDay day : days) {
      if (spec->exceptions.emplace(day, hours).second) continue;
      return file.Fault(
          where, absl::StrCat("holds ", absl::FormatCivilTime(day), ", which was given before"));
    }
  }
  return absl::OkStatus();
}

const std::vector<DayHours>& UsualHours(const Week& week) {
  const auto* const found = std::find_if(
      week.begin(), week.end(), [](const std::vector<DayHours>& day) { return !day.empty(); });
  return found == week.end() ? week.front() : *found;
}

absl::StatusOr<BusinessCalendar> Create(BusinessCalendar::Spec spec, const std::string& path,
                                        const YamlFile& file) {
  absl::StatusOr<BusinessCalendar> calendar = BusinessCalendar::Create(std::move(spec));
  if (calendar.ok()) return calendar;
  return file.Fault(path, absl::StrCat("cannot be: ", calendar.status().message()));
}

absl::StatusOr<BusinessCalendar> ReadCalendar(const config::v1::CalendarConfig& config,
                                              const std::string& path, const YamlFile& file) {
  BusinessCalendar::Spec spec;
  spec.name = config.name();
  ASSIGN_OR_RETURN(spec.zone, ReadZone(config.time_zone(), path, file));
  if (config.week().empty()) return file.Fault(path + ".week", "is empty; give days and hours");
  ASSIGN_OR_RETURN(spec.week,
                   ReadWeek(config.week(), /*over_midnight=*/false, path + ".week", file));
  RETURN_IF_ERROR(AddExceptions(config.holidays(), {}, path + ".holidays", file, &spec));
  for (int i = 0; i < config.working_days_size(); ++i) {
    const config::v1::WorkingDaysConfig& days = config.working_days(i);
    const std::string where = absl::StrCat(path, ".working_days[", i, "]");
    if (days.days().empty()) return file.Fault(where + ".days", "is empty; give at least one");
    ASSIGN_OR_RETURN(std::vector<DayHours> hours, ReadDay(days.hours(), where + ".hours", file));
    if (hours.empty()) hours = UsualHours(spec.week);
    RETURN_IF_ERROR(AddExceptions(days.days(), hours, where + ".days", file, &spec));
  }
  return Create(std::move(spec), path, file);
}

// What is left of a day, in order.
std::vector<DayHours> Complement(std::vector<DayHours> quiet) {
  std::sort(quiet.begin(), quiet.end(),
            [](const DayHours& a, const DayHours& b) { return a.begin < b.begin; });
  std::vector<DayHours> open;
  int from = 0;
  for (const DayHours& hours : quiet) {
    if (hours.begin > from) open.push_back({from, hours.begin});
    from = std::max(from, hours.end);
  }
  if (from < kMinutesPerDay) open.push_back({from, kMinutesPerDay});
  return open;
}

// Outside a calendar of the same file, which was read before: its hours under the other name.
absl::StatusOr<BusinessCalendar> ReadOutside(const config::v1::QuietHoursConfig& config,
                                             const config::v1::EscalationPolicyFile& all,
                                             const std::string& path, const YamlFile& file) {
  if (!config.time_zone().empty() || !config.quiet().empty()) {
    return file.Fault(path + ".outside", "is given beside time_zone or quiet; give one of the two");
  }
  std::vector<std::string> names;
  for (const config::v1::CalendarConfig& each : all.calendars()) {
    names.push_back(each.name());
    if (each.name() != config.outside()) continue;
    config::v1::CalendarConfig open = each;
    open.set_name(config.name());
    return ReadCalendar(open, path, file);
  }
  return file.Fault(
      path + ".outside",
      NameFault(config.outside(), absl::StrCat("which is no calendar; ", KnownNames(names))));
}

absl::StatusOr<BusinessCalendar> ReadQuiet(const config::v1::QuietHoursConfig& config,
                                           const config::v1::EscalationPolicyFile& all,
                                           const std::string& path, const YamlFile& file) {
  if (!config.outside().empty()) return ReadOutside(config, all, path, file);
  BusinessCalendar::Spec spec;
  spec.name = config.name();
  ASSIGN_OR_RETURN(spec.zone, ReadZone(config.time_zone(), path, file));
  if (config.quiet().empty()) {
    return file.Fault(path + ".quiet", "is empty; give days and hours, or a calendar as `outside`");
  }
  ASSIGN_OR_RETURN(spec.week,
                   ReadWeek(config.quiet(), /*over_midnight=*/true, path + ".quiet", file));
  bool open = false;
  for (std::vector<DayHours>& day : spec.week) {
    day = Complement(std::move(day));
    open = open || !day.empty();
  }
  if (!open) return file.Fault(path + ".quiet", "leaves no hour of the week; leave some");
  return Create(std::move(spec), path, file);
}

absl::Status CheckNewName(const std::string& name, bool known, const std::string& path,
                          const YamlFile& file) {
  if (!IsPolicyName(name) || name == kNone) {
    return file.Fault(path + ".name",
                      NameFault(name, "give 1 to 63 of a-z, 0-9 and -, not \"none\""));
  }
  if (known) return file.Fault(path + ".name", absl::StrCat("is \"", name, "\" a second time"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Calendars> ReadCalendars(const config::v1::EscalationPolicyFile& config,
                                        const YamlFile& file) {
  Calendars calendars;
  for (int i = 0; i < config.calendars_size(); ++i) {
    const std::string path = absl::StrCat("calendars[", i, "]");
    const std::string& name = config.calendars(i).name();
    RETURN_IF_ERROR(CheckNewName(name, calendars.contains(name), path, file));
    ASSIGN_OR_RETURN(BusinessCalendar calendar, ReadCalendar(config.calendars(i), path, file));
    calendars.emplace(name, std::move(calendar));
  }
  return calendars;
}

absl::StatusOr<Calendars> ReadQuietHours(const config::v1::EscalationPolicyFile& config,
                                         const YamlFile& file) {
  Calendars quiet;
  for (int i = 0; i < config.quiet_hours_size(); ++i) {
    const std::string path = absl::StrCat("quiet_hours[", i, "]");
    const std::string& name = config.quiet_hours(i).name();
    RETURN_IF_ERROR(CheckNewName(name, quiet.contains(name), path, file));
    ASSIGN_OR_RETURN(BusinessCalendar open, ReadQuiet(config.quiet_hours(i), config, path, file));
    quiet.emplace(name, std::move(open));
  }
  return quiet;
}

}  // namespace clearway
