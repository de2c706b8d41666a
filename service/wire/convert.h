#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

#include "clearway/v1/blocker.pb.h"
#include "clearway/v1/classification.pb.h"
#include "clearway/v1/escalation.pb.h"
#include "clearway/v1/taxonomy.pb.h"
#include "clearway/v1/ticket.pb.h"
#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/escalation.h"
#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"
#include "service/domain/ticket_event.h"

namespace clearway {

// Between the API's messages and the domain's values. Nothing is checked here: what comes from
// outside has been validated by the server before. Enum numbers are the same on both sides.

inline v1::Category ToProto(Category category) { return static_cast<v1::Category>(category); }
inline Category FromProto(v1::Category category) { return static_cast<Category>(category); }
inline v1::Reason ToProto(Reason reason) { return static_cast<v1::Reason>(reason); }
inline Reason FromProto(v1::Reason reason) { return static_cast<Reason>(reason); }
inline v1::Priority ToProto(Priority priority) { return static_cast<v1::Priority>(priority); }
inline Priority FromProto(v1::Priority priority) { return static_cast<Priority>(priority); }
inline v1::BlockerState ToProto(BlockerState state) { return static_cast<v1::BlockerState>(state); }

Comment FromProto(const v1::Comment& proto);
void ToProto(const Comment& comment, v1::Comment* proto);

Ticket FromProto(const v1::Ticket& proto);
void ToProto(const Ticket& ticket, v1::Ticket* proto);

// An empty mask stands for every field.
TicketEvent FromProto(const v1::TicketEvent& proto);

// The other way round; FromProto gives the same event back.
void ToProto(const TicketEvent& event, v1::TicketEvent* proto);

// The field that a mask's path names; nullopt for a path that is none of Ticket's ("key" included).
std::optional<TicketField> TicketFieldOf(absl::string_view path);

Classification FromProto(const v1::Classification& proto);
void ToProto(const Classification& classification, v1::Classification* proto);

// Without history.
void ToProto(const Blocker& blocker, v1::Blocker* proto);
void ToProto(const BlockerChange& change, v1::BlockerChange* proto);

void ToProto(const Escalation& escalation, v1::Escalation* proto);

// `tenants/{tenant}/blockers/{id}` and its like.
std::string BlockerName(absl::string_view tenant, int64_t id);
std::string EscalationName(absl::string_view tenant, int64_t id);

}  // namespace clearway
