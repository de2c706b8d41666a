#pragma once

#include "clearway/v1/report_service.pb.h"
#include "service/report/report.h"

namespace clearway {

// Between the API's report and ours, for the server that answers with one and the programs that
// ask.

void ToProto(const BlockerReport& report, v1::BlockerReport* proto);

// Tenant and project are not part of the message: they stay empty.
BlockerReport FromProto(const v1::BlockerReport& proto);

}  // namespace clearway
