#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "service/domain/dependants.h"
#include "service/domain/standing.h"
#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"

namespace clearway {

// The languages that texts are written in.
enum class Language { kEnglish = 0, kChinese = 1 };

// Chinese for "zh", English for everything else.
Language LanguageOf(absl::string_view code);
// "en" or "zh".
absl::string_view LanguageCode(Language language);

// How people say it: "3 days", "3 天".
std::string AgeWords(absl::Duration age, Language language);
// The same in whole working days, where there are any: "3 working days". Where the days are not
// those of a calendar that somebody gave, it says what was counted: "3 weekdays", "3
// 天（不含周末）".
std::string WaitWords(absl::Duration age, int64_t working_days, bool calendar, Language language);
// "2 February", "2 月 2 日"; with the year where it is not that of `today`.
std::string DateWords(absl::CivilDay day, absl::CivilDay today, Language language);
// The same with the day of the week: "Monday, 2 February", "2 月 2 日（周一）".
std::string WeekdayWords(absl::CivilDay day, absl::CivilDay today, Language language);
// "EUR 12,600".
std::string MoneyWords(int64_t amount, absl::string_view currency);
// "2 other tickets (PAY-1, PAY-2)"; names a few of the keys, each made harmless (see quote.h). ""
// for none.
std::string DependantsWords(const Dependants& dependants, Language language);
// The words for a party as they stand within a sentence: an article that began one of the ticket's
// loses its capital ("the sales team" for "The sales team"). Names keep theirs.
std::string PartyWords(absl::string_view words);
// "high", "高"; kUnspecified has words too.
absl::string_view PriorityWords(Priority priority, Language language);
// "cross-team", "跨团队"; "" for a category that blocks nothing.
absl::string_view CategoryWords(Category category, Language language);
// "approval or sign-off missing", "等待审批或签字"; "" for kUnspecified.
absl::string_view ReasonWords(Reason reason, Language language);
// What the links say, in sentences: what hangs on the ticket, or what it hangs on; "" for nothing.
std::string StandingWords(const Standing& standing, Language language);

}  // namespace clearway
