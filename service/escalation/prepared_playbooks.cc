#include "service/escalation/prepared_playbooks.h"

#include "service/escalation/wording.h"

namespace clearway {
namespace {

// A person may give the category alone; what helps most blockers of it is then the nearest.
Reason CommonestReason(Category category) {
  switch (category) {
    case Category::kTechnical:
      return Reason::kDefect;
    case Category::kCommunication:
      return Reason::kAwaitingResponse;
    case Category::kResource:
      return Reason::kStaffing;
    case Category::kCrossTeam:
      return Reason::kTeamDependency;
    default:
      return Reason::kUnspecified;
  }
}

}  // namespace

std::string LanguageCodeOf(const Blocker& blocker) {
  return std::string(LanguageCode(LanguageOf(blocker.language)));
}

PreparedPlaybook::PreparedPlaybook(const Playbook& playbook)
    : default_party(playbook.default_party),
      answer_days(playbook.answer_days),
      steps(playbook.steps.begin(), playbook.steps.end()),
      nudge(playbook.nudge),
      escalation(playbook.escalation),
      rationale(playbook.rationale),
      next_step(playbook.next_step),
      fallback(playbook.fallback) {}

PreparedTexts::PreparedTexts(const SharedTexts& shared)
    : as_given(shared),
      hello_name(shared.hello_name),
      effect(shared.effect),
      situation(shared.situation),
      next_rung(shared.next_rung) {}

PreparedPlaybooks::PreparedPlaybooks(const Playbooks& playbooks)
    : by_reason_(playbooks.by_reason.begin(), playbooks.by_reason.end()),
      roles_(playbooks.roles),
      shared_(playbooks.shared.begin(), playbooks.shared.end()) {}

const PreparedPlaybook* PreparedPlaybooks::Find(const Blocker& blocker,
                                                const std::string& language) const {
  const Reason reason =
      blocker.reason == Reason::kUnspecified ? CommonestReason(blocker.category) : blocker.reason;
  const auto found = by_reason_.find({reason, language});
  if (found == by_reason_.end() || !roles_.contains(language)) return nullptr;
  return &found->second;
}

const RoleNames& PreparedPlaybooks::RolesIn(const std::string& language) const {
  return roles_.find(language)->second;
}

const PreparedTexts& PreparedPlaybooks::SharedIn(const std::string& language) const {
  const auto found = shared_.find(language);
  return found == shared_.end() ? no_texts_ : found->second;
}

}  // namespace clearway
