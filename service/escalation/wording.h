#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

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
// "high", "高"; kUnspecified has words too.
absl::string_view PriorityWords(Priority priority, Language language);
// "cross-team", "跨团队"; "" for a category that blocks nothing.
absl::string_view CategoryWords(Category category, Language language);
// "approval or sign-off missing", "等待审批或签字"; "" for kUnspecified.
absl::string_view ReasonWords(Reason reason, Language language);
// What the links say, in sentences: what hangs on the ticket, or what it hangs on; "" for nothing.
std::string StandingWords(const Standing& standing, Language language);

}  // namespace clearway
