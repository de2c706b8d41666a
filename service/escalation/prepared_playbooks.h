#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "service/domain/blocker.h"
#include "service/domain/escalation.h"
#include "service/escalation/template.h"

namespace clearway {

// A Playbook with its texts taken apart.
struct PreparedPlaybook {
  explicit PreparedPlaybook(const Playbook& playbook);

  std::string default_party;
  int answer_days;
  std::vector<Template> steps;
  Template nudge;
  Template escalation;
  Template rationale;
  Template next_step;
  Template fallback;
};

// SharedTexts, those of one blocker taken apart.
struct PreparedTexts {
  PreparedTexts() = default;
  explicit PreparedTexts(const SharedTexts& shared);

  SharedTexts as_given;
  Template hello_name;
  Template effect;
  Template situation;
  Template next_rung;
};

// The code of the language that texts about it are in.
std::string LanguageCodeOf(const Blocker& blocker);

// Playbooks, ready to be rendered from. Immutable, so thread-safe; what it hands out lives as long.
// Languages go by their codes.
class PreparedPlaybooks {
 public:
  explicit PreparedPlaybooks(const Playbooks& playbooks);

  // For the blocker's reason; where it has none, for the commonest of its category. nullptr unless
  // there are names for the roles of that language, too.
  const PreparedPlaybook* Find(const Blocker& blocker, const std::string& language) const;

  // Of a language that Find knows.
  const RoleNames& RolesIn(const std::string& language) const;
  // Empty texts where none are given.
  const PreparedTexts& SharedIn(const std::string& language) const;

 private:
  std::map<std::pair<Reason, std::string>, PreparedPlaybook> by_reason_;
  std::map<std::string, RoleNames> roles_;
  std::map<std::string, PreparedTexts> shared_;
  PreparedTexts no_texts_;
};

}  // namespace clearway
