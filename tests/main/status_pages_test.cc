#include "service/main/status_pages.h"

#include "prometheus/counter.h"

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

class StatusPagesTest : public testing::ServerFixture {
 protected:
  HttpResponse Get(const std::string& path) {
    for (const HttpServer::Route& route : StatusPages(*server_, metrics_)) {
      if (route.path == path) return route.handler({"GET", path, {}, ""});
    }
    ADD_FAILURE() << "no page " << path;
    return {};
  }

  const std::shared_ptr<prometheus::Registry> metrics_ = std::make_shared<prometheus::Registry>();
};

TEST_F(StatusPagesTest, MetricsAreInTheTextFormat) {
  prometheus::BuildCounter().Name("x_total").Help("X.").Register(*metrics_).Add({}).Increment();
  const HttpResponse page = Get("/metrics");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.content_type, ::testing::StartsWith("text/plain; version=0.0.4"));
  EXPECT_THAT(page.body, ::testing::HasSubstr("# TYPE x_total counter\nx_total 1\n"));
}

TEST_F(StatusPagesTest, DrainingServerIsHealthyButNotReady) {
  EXPECT_EQ(Get("/readyz").status, 200);
  server_->Drain(absl::ZeroDuration());
  EXPECT_EQ(Get("/readyz").status, 503);
  EXPECT_EQ(Get("/healthz").status, 200);
}

}  // namespace
}  // namespace clearway
