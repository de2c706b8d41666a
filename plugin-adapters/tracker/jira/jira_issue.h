#pragma once

#include <string>

#include "clearway/v1/ticket.pb.h"
#include "plugin-adapters/gateway/json_view.h"

namespace clearway::jira {

// Reads `issue` ({key, self, fields}) into the event's ticket and names in its mask what is there:
// the bodies of comment events carry only a few fields, and a field left out is not an empty one.
// `whole` says that a field left out of the custom ones is known to be unset.
void ReadIssue(const JsonView& issue, bool whole, v1::TicketEvent* event);

// Adds a comment to the event's upserts.
void ReadComment(const JsonView& comment, v1::TicketEvent* event);

// The account id (Cloud) or login (Data Center) of a user; empty for nobody.
std::string UserOf(const JsonView& user);

// "PAY" of "PAY-12".
std::string ProjectOfKey(const std::string& key);

}  // namespace clearway::jira
