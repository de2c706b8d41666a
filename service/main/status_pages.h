#pragma once

#include <memory>
#include <vector>

#include "prometheus/registry.h"

#include "service/base/http_server.h"
#include "service/server/server.h"

namespace clearway {

// /metrics; /healthz, 200 while the process answers at all; /readyz, 503 while it drains or cannot
// read its store. `server` must outlive the pages.
std::vector<HttpServer::Route> StatusPages(const Server& server,
                                           std::shared_ptr<prometheus::Registry> metrics);

}  // namespace clearway
