#pragma once

#include <string>
#include <vector>

#include "service/domain/escalation.h"
#include "service/escalation/template.h"
#include "service/escalation/wording.h"

namespace clearway {

// One ticket of a message about several, in the message's language.
struct GroupItem {
  // See message_facts.h.
  TemplateFacts facts;
  // How many tickets hang on it.
  int dependants = 0;
  // See Escalation.
  double urgency = 0;
};

// At most so many tickets are listed; of further ones only the number is told.
inline constexpr size_t kMaxGroupItems = 10;

// One message to a party for which several tickets wait, in the place of one for each: what each
// needs and since when, the one on which most hangs first, then the most urgent. `common` gives
// what holds for all of them: hello, party and by. "" for none.
std::string GroupMessage(std::vector<GroupItem> items, const SharedTexts& texts,
                         TemplateFacts common, Language language);

}  // namespace clearway
