#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

Version VersionOf(int64_t seconds, const std::string& event_id) {
  return {At(seconds), seconds, event_id};
}

}  // namespace

StoredTicket FullTicket() {
  StoredTicket stored;
  TicketState& state = stored.state;
  Ticket& ticket = state.ticket;
  ticket.key = "PAY-1";
  ticket.project = "PAY";
  ticket.title = "Refunds wait for \"legal\"";
  ticket.description = "等待法务部门审批 — still nothing.";
  ticket.status = "In Progress";
  ticket.done = true;
  ticket.flagged = true;
  ticket.labels = {"money", "Q3"};
  ticket.links = {{"is blocked by", "LEG-9"}, {"relates to", "PAY-7"}};
  ticket.assignee = "ana";
  ticket.reporter = "ben";
  ticket.priority = Priority::kHigh;
  ticket.create_time = At(-1000);
  ticket.due_time = At(90000);
  ticket.url = "https://jira.example/PAY-1";
  state.deleted = true;
  for (size_t i = 0; i < kTicketFieldCount; ++i) {
    state.versions[i] = VersionOf(static_cast<int64_t>(i % 3) + 1, "event");
  }
  state.comments = {
      {{"1", "ana", "Asked legal.", At(1), At(2)}, VersionOf(2, "event"), false},
      {{"2", "ben", "", At(3), absl::InfinitePast()}, VersionOf(9, "other"), true},
  };
  Classification verdict;
  verdict.category = Category::kCrossTeam;
  verdict.reason = Reason::kApprovalOrSignOff;
  verdict.secondary = Category::kCommunication;
  verdict.confidence = 0.93;
  verdict.waiting_on = "legal";
  verdict.evidence = {{"title", 8, 12, "wait", 1.5, 6, 10},
                      {"comments[0]", 0, 5, "Asked", 0.5, 0, 5}};
  verdict.model_version = "test-1";
  verdict.language = "en";
  verdict.likeliest = Category::kResource;
  verdict.corrected_by = "ana";
  stored.classification = verdict;
  const Correction correction = {
      {"ana", Category::kResource, Reason::kStaffing, Category::kTechnical, "HR"},
      "Blocked",
      true,
      true,
      0xfedcba9876543210,
      Category::kCrossTeam};
  stored.correction = correction;
  stored.links_kept = true;
  return stored;
}

Blocker OpenBlocker(const TicketKey& ticket, absl::Time opened) {
  Blocker blocker;
  blocker.ticket = ticket;
  blocker.category = Category::kCrossTeam;
  blocker.reason = Reason::kTeamDependency;
  blocker.open_time = opened;
  blocker.spell_time = opened;
  blocker.update_time = opened;
  return blocker;
}

Blocker FullBlocker() {
  Blocker blocker = OpenBlocker(Key());
  blocker.project = "PAY";
  blocker.title = "退款 waits; it's \"stuck\"";
  blocker.url = "https://jira.example/PAY-1";
  blocker.state = BlockerState::kResolved;
  blocker.secondary = Category::kResource;
  blocker.waiting_on = "legal";
  blocker.confidence = 0.625;
  blocker.priority = Priority::kHighest;
  blocker.escalation_level = 3;
  blocker.spell_time = At(500);
  blocker.past_spells = {{At(0), At(100)}, {At(200), At(300)}};
  blocker.acknowledge_time = At(600);
  blocker.resolve_time = At(700);
  blocker.update_time = At(701);
  blocker.language = "zh";
  blocker.next_escalation_time = At(800);
  blocker.resolved_text = 0xfedcba9876543210;
  blocker.snoozes = {{At(510), At(520)}, {At(530), At(540)}};
  return blocker;
}

Blocker Resolved(Blocker blocker, absl::Time when) {
  blocker.state = BlockerState::kResolved;
  blocker.resolve_time = when;
  blocker.update_time = when;
  blocker.next_escalation_time.reset();
  return blocker;
}

Escalation FullEscalation(int64_t blocker_id, const TicketKey& ticket) {
  Escalation escalation;
  escalation.blocker_id = blocker_id;
  escalation.ticket = ticket;
  escalation.level = 2;
  escalation.target = "legal";
  escalation.channel = "mail";
  escalation.due_time = At(10);
  escalation.create_time = At(11);
  escalation.steps = {"Say what is needed", "说明\"影响\"", ""};
  escalation.draft_message = "Dear legal,\nplease …";
  escalation.rationale = "it waits for two days";
  escalation.language = "en";
  escalation.category = Category::kCrossTeam;
  escalation.reason = Reason::kApprovalOrSignOff;
  escalation.policy = "urgent";
  escalation.recipient = "party/legal";
  escalation.group = "party/legal/mail/1";
  escalation.urgency = 62.5;
  escalation.next_step = "Ask for the date";
  escalation.fallback = "到期就先做没有争议的部分";
  escalation.handle = "@dana";
  escalation.draft_language = "zh";
  escalation.members = {
      {blocker_id, ticket, "Release \"payments\"", 2, At(10)},
      {blocker_id + 1, {ticket.tenant, "github", "a/b#7"}, "等待法务", 1, At(-20)}};
  return escalation;
}

TakenStep FullStep(int64_t blocker_id, int opening, int level, const std::string& tenant) {
  TakenStep step;
  step.tenant = tenant;
  step.blocker_id = blocker_id;
  step.opening = opening;
  step.level = level;
  step.escalation_id = 7;
  step.project = "PAY";
  step.category = Category::kCrossTeam;
  step.reason = Reason::kApprovalOrSignOff;
  step.channel = "mail";
  step.time = At(11);
  step.words = 0xfedcba9876543210;  // above what a signed number holds
  step.outcome = StepOutcome::kNextStep;
  step.outcome_time = At(12);
  return step;
}

Feedback FullFeedback(int64_t blocker_id) {
  Feedback feedback;
  feedback.id = 1;
  feedback.ticket = Key();
  feedback.blocker_id = blocker_id;
  feedback.time = At(20);
  feedback.verdict_category = Category::kCrossTeam;
  feedback.verdict_reason = Reason::kTeamDependency;
  feedback.judgement = {"ana", Category::kResource, Reason::kStaffing, Category::kTechnical, "HR"};
  feedback.note = "nobody is free";
  feedback.language = "zh";
  feedback.snapshot = Snapshot(FullTicket().state);
  return feedback;
}

}  // namespace clearway::testing
