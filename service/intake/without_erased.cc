#include "service/intake/without_erased.h"

#include <vector>

#include "service/base/status_macros.h"
#include "service/domain/erasure.h"

namespace clearway {

absl::StatusOr<std::optional<CleanedEvent>> WithoutErased(const TicketEvent& event,
                                                          const TicketState& held,
                                                          Transaction& tx) {
  std::optional<CleanedEvent> none;
  ASSIGN_OR_RETURN(const bool any, tx.HasErasures(event.tenant));
  if (!any) return none;
  ASSIGN_OR_RETURN(const std::vector<Erasure> erasures,
                   tx.FindErasures(event.tenant, SubjectsOf(event)));
  CleanedEvent cleaned{event, held.body_erased};
  for (const Erasure& erasure : erasures) {
    const TextEraser eraser = TextEraser::OfIncoming(erasure);
    cleaned.body_erased = cleaned.body_erased || eraser.TakesBody(event.ticket);
  }
  bool changed = cleaned.body_erased && EraseBody(&cleaned.event.ticket);
  for (const Erasure& erasure : erasures) {
    changed |= TextEraser::OfIncoming(erasure).Erase(cleaned.body_erased, &cleaned.event);
  }
  if (!changed) return none;
  return std::optional<CleanedEvent>(std::move(cleaned));
}

}  // namespace clearway
