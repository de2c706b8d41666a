#include "service/server/root_cause_handler.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/base/status_macros.h"
#include "service/server/root_page.h"
#include "service/server/validate.h"
#include "service/wire/convert.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

constexpr int kDefaultHanging = 10;
constexpr int kMaxHanging = 100;
constexpr int kMaxPending = 1000;

// A root with all that is told about it.
struct FoundRoot {
  Root root;
  std::vector<Hanging> hanging;
  LinkedTicket linked;
};

struct RootPage {
  std::vector<FoundRoot> roots;
  std::string next_token;
  int pending = 0;
};

absl::Status ReadPage(const RootQuery& query, int max_hanging, LinkReader& links, RootPage* page) {
  *page = RootPage();
  ASSIGN_OR_RETURN(std::vector<Root> roots, links.HeaviestRoots(query));
  if (roots.size() == static_cast<size_t>(query.limit)) {
    roots.pop_back();
    page->next_token = RootPageToken(query, roots.back());
  }
  for (Root& root : roots) {
    const LinkScope scope{query.tenant, root.source};
    FoundRoot found;
    ASSIGN_OR_RETURN(found.hanging, links.HangingOn(scope, root.ticket, max_hanging));
    ASSIGN_OR_RETURN(std::vector<LinkedTicket> linked, links.Tickets(scope, {root.ticket}));
    found.linked = std::move(linked.front());
    found.root = std::move(root);
    page->roots.push_back(std::move(found));
  }
  ASSIGN_OR_RETURN(page->pending, links.CountPending(query.tenant, kMaxPending));
  return absl::OkStatus();
}

void ToProto(const Hanging& hanging, absl::Time now, v1::HangingTicket* proto) {
  proto->set_ticket(hanging.ticket);
  proto->set_project(hanging.project);
  proto->set_in_circle(hanging.in_circle);
  proto->set_stuck(hanging.blocked.stuck > 0);
  if (proto->stuck())
    *proto->mutable_blocked_duration() = clearway::ToProto(hanging.blocked.At(now));
}

void ToProto(const FoundRoot& found, absl::Time now, double daily_cost, v1::RootCause* proto) {
  const Root& root = found.root;
  proto->set_source(root.source);
  proto->set_ticket(root.ticket);
  proto->set_known(found.linked.known);
  proto->set_project(found.linked.project);
  proto->set_circle_tickets(root.circle);
  const RootWeight weight = root.weight(now);
  proto->set_tickets(weight.tickets);
  proto->set_stuck_tickets(weight.stuck);
  *proto->mutable_blocked_duration() = clearway::ToProto(weight.blocked);
  proto->set_cost(*CostOf(weight, daily_cost));
  for (const Hanging& hanging : found.hanging) ToProto(hanging, now, proto->add_hanging());
}

}  // namespace

grpc::ServerUnaryReactor* RootCauseHandler::GetRootCauses(grpc::CallbackServerContext* context,
                                                          const v1::GetRootCausesRequest* request,
                                                          v1::GetRootCausesResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    RETURN_IF_ERROR(ValidateRequest(*request));
    ASSIGN_OR_RETURN(const std::string tenant, ParseParent(request->parent(), "parent", tenants_));
    ASSIGN_OR_RETURN(const RootQuery query, ParseRootPage(*request, tenant, clock_.Now()));
    const int max_hanging = request->max_hanging() == 0
                                ? kDefaultHanging
                                : std::min(request->max_hanging(), kMaxHanging);
    RootPage page;
    RETURN_IF_ERROR(store_.ReadLinks(
        [&](LinkReader& links) { return ReadPage(query, max_hanging, links, &page); }));
    for (const FoundRoot& found : page.roots) {
      v1::RootCause* root = response->add_root_causes();
      ToProto(found, query.time, request->daily_cost(), root);
      RETURN_IF_ERROR(Describe(tenant, found.linked.blocker_id, root));
    }
    response->set_next_page_token(page.next_token);
    *response->mutable_as_of_time() = clearway::ToProto(query.time);
    response->set_pending_changes(page.pending);
    return absl::OkStatus();
  });
}

absl::Status RootCauseHandler::Describe(const std::string& tenant, int64_t blocker_id,
                                        v1::RootCause* root) const {
  if (blocker_id != 0) {
    const absl::StatusOr<Blocker> blocker = store_.GetBlocker(tenant, blocker_id);
    RETURN_IF_ERROR(blocker.status());
    root->set_blocker(BlockerName(tenant, blocker_id));
    root->set_title(blocker->title);
    root->set_url(blocker->url);
    root->set_category(clearway::ToProto(blocker->category));
    root->set_reason(clearway::ToProto(blocker->reason));
    root->set_waiting_on(blocker->waiting_on);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket,
                   store_.GetTicket({tenant, root->source(), root->ticket()}));
  if (!ticket.has_value()) return absl::OkStatus();
  root->set_title(ticket->state.ticket.title);
  root->set_url(ticket->state.ticket.url);
  return absl::OkStatus();
}

}  // namespace clearway
