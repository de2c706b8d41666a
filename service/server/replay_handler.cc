#include "service/server/replay_handler.h"

#include "service/base/status_macros.h"
#include "service/server/validate.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

absl::StatusOr<ReplayStream::Order> OrderOf(const v1::ReplayTicketEventsRequest& request,
                                            const Tenants& tenants) {
  RETURN_IF_ERROR(ValidateRequest(request));
  ReplayStream::Order order;
  ASSIGN_OR_RETURN(order.tenant, ParseParent(request.parent(), "parent", tenants));
  order.since = FromProto(request.start_time());
  order.model_file = request.model_file();
  order.policy_file = request.policy_file();
  order.write = !request.validate_only();
  order.actor = request.actor();
  return order;
}

}  // namespace

grpc::ServerWriteReactor<v1::ReplayTicketEventsResponse>* ReplayHandler::ReplayTicketEvents(
    grpc::CallbackServerContext* /*context*/, const v1::ReplayTicketEventsRequest* request) {
  absl::StatusOr<ReplayStream::Order> order = OrderOf(*request, d_.tenants);
  if (!order.ok()) return new RefusedReplay(order.status(), d_.log);
  if (running_.exchange(true)) {
    return new RefusedReplay(
        absl::ResourceExhaustedError("another replay is under way; wait for its end"), d_.log);
  }
  order->reopen_window = options_.reopen_window;
  order->review = options_.review;
  return new ReplayStream(*std::move(order), files_, d_, running_);
}

}  // namespace clearway
