#include "service/server/escalation_handler.h"

#include <utility>

#include "absl/strings/numbers.h"

#include "service/base/status_macros.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/intake/standing.h"
#include "service/server/escalation_watch.h"
#include "service/server/page_token.h"
#include "service/server/validate.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

// nullopt: from now on.
absl::StatusOr<std::optional<int64_t>> ParseCursor(const std::string& cursor) {
  if (cursor.empty()) return std::optional<int64_t>();
  int64_t id = 0;
  if (!absl::SimpleAtoi(cursor, &id) || id < 0) {
    return InvalidField("cursor",
                        "is not a cursor of this stream; give back the last one seen, \"0\" "
                        "for the beginning, or leave it empty");
  }
  return std::optional<int64_t>(id);
}

}  // namespace

grpc::ServerUnaryReactor* EscalationHandler::SuggestEscalations(
    grpc::CallbackServerContext* context, const v1::SuggestEscalationsRequest* request,
    v1::SuggestEscalationsResponse* response) {
  return d_.calls.Read(context, [this, request, response]() -> absl::Status {
    absl::StatusOr<std::vector<Escalation>> steps =
        InvalidField("subject", "is required: a blocker's name or a ticket");
    if (request->has_blocker()) steps = SuggestForBlocker(request->blocker());
    if (request->has_ticket()) steps = SuggestForTicket(request->ticket());
    RETURN_IF_ERROR(steps.status());
    for (const Escalation& step : *steps) ToProto(step, response->add_escalations());
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<Escalation>> EscalationHandler::SuggestForBlocker(
    const std::string& name) const {
  ASSIGN_OR_RETURN(const BlockerRef ref, ParseBlockerName(name, "blocker", d_.tenants));
  ASSIGN_OR_RETURN(const Blocker blocker, d_.store.GetBlocker(ref.tenant, ref.id));
  ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, d_.store.GetTicket(blocker.ticket));
  std::optional<Classification> verdict;
  if (ticket.has_value()) verdict = EffectiveVerdict(ticket->classification, ticket->correction);
  const absl::Time now = d_.clock.Now();
  Standing standing;
  RETURN_IF_ERROR(d_.store.ReadLinks([&](LinkReader& links) -> absl::Status {
    ASSIGN_OR_RETURN(standing, StandingOf(blocker.ticket, now, /*daily_cost=*/std::nullopt, links));
    return absl::OkStatus();
  }));
  return d_.planners.Get()->Plan(blocker, ticket.has_value() ? ticket->state.ticket : Ticket(),
                                 verdict.has_value() ? verdict->evidence : std::vector<Evidence>(),
                                 now, standing);
}

absl::StatusOr<std::vector<Escalation>> EscalationHandler::SuggestForTicket(
    const v1::Ticket& proto) const {
  FieldViolations violations;
  ValidateTicket(proto, "ticket", /*key_required=*/false, &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  const Ticket ticket = FromProto(proto);
  const Classification verdict = d_.classifier.Classify(ticket);
  const absl::Time now = d_.clock.Now();
  TicketState state;
  state.ticket = ticket;
  const std::optional<Transition> opened = FollowVerdict(
      std::nullopt, state, TicketKey{"", "", ticket.key}, verdict, now, absl::ZeroDuration());
  if (!opened.has_value()) return std::vector<Escalation>();
  return d_.planners.Get()->Plan(opened->blocker, ticket, verdict.evidence, now);
}

grpc::ServerUnaryReactor* EscalationHandler::ListEscalations(
    grpc::CallbackServerContext* context, const v1::ListEscalationsRequest* request,
    v1::ListEscalationsResponse* response) {
  return d_.calls.Read(context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string tenant,
                     ParseParent(request->parent(), "parent", d_.tenants));
    BlockerRef only;
    if (!request->blocker().empty()) {
      ASSIGN_OR_RETURN(only, ParseBlockerName(request->blocker(), "blocker", d_.tenants));
      if (only.tenant != tenant) return InvalidField("blocker", "is of another tenant than parent");
    }
    const Pager pager({"ListEscalations", tenant, request->blocker()});
    ASSIGN_OR_RETURN(const Page page, pager.Parse(request->page_size(), request->page_token()));
    ASSIGN_OR_RETURN(std::vector<Escalation> rows, d_.store.ListEscalations(tenant, only.id, page));
    response->set_next_page_token(CutPage(pager, page, &rows));
    for (const Escalation& row : rows) ToProto(row, response->add_escalations());
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchEscalationsResponse>* EscalationHandler::WatchEscalations(
    grpc::CallbackServerContext* /*context*/, const v1::WatchEscalationsRequest* request) {
  absl::StatusOr<std::string> tenant = ParseParent(request->parent(), "parent", d_.tenants);
  const absl::StatusOr<std::optional<int64_t>> cursor = ParseCursor(request->cursor());
  const absl::Status fault = tenant.ok() ? cursor.status() : tenant.status();
  if (!fault.ok()) return new RefusedWatch(fault, d_.log);
  return new EscalationWatch(*std::move(tenant), *cursor,
                             {d_.store, d_.executor, d_.new_escalations, d_.drain, d_.log});
}

}  // namespace clearway
