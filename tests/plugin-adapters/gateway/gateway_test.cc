#include "plugin-adapters/gateway/gateway.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "nlohmann/json.hpp"

#include "plugin-adapters/gateway/signature.h"
#include "tests/plugin-adapters/gateway/fakes.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using testing::FakeClearwayd;
using testing::FakeClock;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::LineAdapter;
using ::testing::Not;

constexpr char kSecret[] = "a shared secret";

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() { Start(clearwayd_.address()); }

  void Start(const std::string& clearwayd_address) {
    options_.config.set_http_address("127.0.0.1:0");
    options_.config.set_clearwayd_address(clearwayd_address);
    options_.config.set_max_body_bytes(10'000);
    options_.config.set_threads(8);
    options_.config.mutable_ingest_timeout()->set_seconds(20);
    options_.config.mutable_retry_after()->set_seconds(7);
    options_.endpoints = {{&adapter_, "/webhooks/lines", "acme", {"an older secret", kSecret}},
                          {&adapter_, "/webhooks/open", "open", {}}};
    Restart();
  }

  void Restart() {
    gateway_.reset();
    absl::StatusOr<std::unique_ptr<Gateway>> gateway = Gateway::Start(options_, logger_, clock_);
    ASSERT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
  }

  httplib::Result Get(const std::string& path) {
    return httplib::Client("127.0.0.1", gateway_->port()).Get(path);
  }

  httplib::Result Post(const std::string& body,
                       const std::string& content_type = "application/json") {
    return PostSigned(body, absl::StrCat("sha256=", HmacSha256Hex(kSecret, body)), content_type);
  }

  httplib::Result PostSigned(const std::string& body, const std::string& signature,
                             const std::string& content_type = "application/json") {
    httplib::Client client("127.0.0.1", gateway_->port());
    client.set_read_timeout(30);
    return client.Post("/webhooks/lines", {{"X-Signature", signature}}, body, content_type);
  }

  // A series' value, as /metrics shows it.
  std::string Metric(const std::string& series) {
    const httplib::Result metrics = Get("/metrics");
    if (!metrics) return "no answer";
    const size_t at = metrics->body.find("\n" + series + " ");
    if (at == std::string::npos) return "absent";
    const size_t value = at + series.size() + 2;
    return metrics->body.substr(value, metrics->body.find('\n', value) - value);
  }

  LineAdapter adapter_;
  FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  FakeClearwayd clearwayd_;
  GatewayOptions options_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(GatewayTest, ASignedEventIsHandedOnAndTheVerdictShown) {
  clearwayd_.Answer([](const v1::TicketEvent&, v1::IngestTicketEventResponse* response) {
    response->set_result(v1::INGEST_RESULT_APPLIED);
    response->mutable_classification()->set_category(v1::CATEGORY_CROSS_TEAM);
    response->mutable_classification()->set_reason(v1::REASON_APPROVAL_OR_SIGN_OFF);
    response->mutable_classification()->set_confidence(0.75);
    response->mutable_classification()->set_waiting_on("legal");
    response->mutable_blocker()->set_name("tenants/acme/blockers/1");
    return grpc::Status::OK;
  });
  const httplib::Result result = Post("key:PAY-1");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(result->body), nlohmann::json::parse(R"({
      "result": "APPLIED",
      "verdict": {"category": "CROSS_TEAM", "reason": "APPROVAL_OR_SIGN_OFF", "confidence": 0.75,
                  "waiting_on": "legal"},
      "blocker": "tenants/acme/blockers/1"})"));
  ASSERT_EQ(clearwayd_.events().size(), 1U);
  EXPECT_EQ(clearwayd_.events()[0].tenant(), "acme");
  EXPECT_EQ(clearwayd_.events()[0].ticket().key(), "PAY-1");
}

TEST_F(GatewayTest, AVerdictOfNotBlockedHasNoReasonAndNoBlocker) {
  clearwayd_.Answer([](const v1::TicketEvent&, v1::IngestTicketEventResponse* response) {
    response->set_result(v1::INGEST_RESULT_DUPLICATE);
    response->mutable_classification()->set_category(v1::CATEGORY_NOT_BLOCKED);
    return grpc::Status::OK;
  });
  const nlohmann::json body = nlohmann::json::parse(Post("key:PAY-1")->body);
  EXPECT_EQ(body["result"], "DUPLICATE");
  EXPECT_EQ(body["verdict"]["category"], "NOT_BLOCKED");
  EXPECT_EQ(body["verdict"]["reason"], "");
  EXPECT_EQ(body["blocker"], nullptr);
}

TEST_F(GatewayTest, SeveralEventsAreAnsweredAsAListInTheirOrder) {
  const httplib::Result result = Post("key:PAY-1,PAY-2");
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(nlohmann::json::parse(result->body).size(), 2U);
  ASSERT_EQ(clearwayd_.events().size(), 2U);
  EXPECT_EQ(clearwayd_.events()[0].ticket().key(), "PAY-1");
  EXPECT_EQ(clearwayd_.events()[1].ticket().key(), "PAY-2");
}

TEST_F(GatewayTest, WhatIsNotReadIsAnswered200WithTheReason) {
  const httplib::Result result = Post("key:");
  EXPECT_EQ(result->status, 200);
  const nlohmann::json body = nlohmann::json::parse(result->body);
  EXPECT_EQ(body["result"], "IGNORED");
  EXPECT_EQ(body["reason"], "nothing in it");
  EXPECT_TRUE(clearwayd_.events().empty());
}

TEST_F(GatewayTest, AWrongOrMissingSignatureIs401AndNothingIsRead) {
  for (const std::string& signature :
       {std::string(), absl::StrCat("sha256=", HmacSha256Hex("guess", "garbage"))}) {
    const httplib::Result result = PostSigned("garbage", signature);
    EXPECT_EQ(result->status, 401);
    EXPECT_TRUE(nlohmann::json::parse(result->body).contains("error"));
  }
  EXPECT_TRUE(clearwayd_.events().empty());
}

TEST_F(GatewayTest, UnsignedIsTakenOnlyWhereTheSourceAllowsIt) {
  const httplib::Result result = httplib::Client("127.0.0.1", gateway_->port())
                                     .Post("/webhooks/open", "key:PAY-1", "application/json");
  EXPECT_EQ(result->status, 200);
  ASSERT_EQ(clearwayd_.events().size(), 1U);
  EXPECT_EQ(clearwayd_.events()[0].tenant(), "open");
  EXPECT_THAT(log_.str(), HasSubstr("unsigned"));
}

TEST_F(GatewayTest, GarbageIs400WithAReason) {
  const httplib::Result result = Post("garbage");
  EXPECT_EQ(result->status, 400);
  EXPECT_EQ(nlohmann::json::parse(result->body)["error"], "no key");
}

TEST_F(GatewayTest, AMediaTypeThatIsNotReadIs415) {
  EXPECT_EQ(Post("key:PAY-1", "text/xml")->status, 415);
  EXPECT_EQ(Post("key:PAY-1", "multipart/form-data; boundary=x")->status, 415);
}

TEST_F(GatewayTest, AKeyTooLongIs400) {
  EXPECT_EQ(Post(absl::StrCat("key:", std::string(300, 'K')))->status, 400);
  EXPECT_TRUE(clearwayd_.events().empty());
}

TEST_F(GatewayTest, ABodyOverTheLimitIs413) {
  EXPECT_EQ(Post(std::string(10'001, 'x'))->status, 413);
  EXPECT_EQ(Metric("clearway_webhook_requests_total{code=\"413\",source=\"lines\"}"), "1");
}

TEST_F(GatewayTest, AChunkedBodyOverTheLimitIs413) {
  httplib::Client client("127.0.0.1", gateway_->port());
  const httplib::Result result = client.Post(
      "/webhooks/lines",
      [](size_t offset, httplib::DataSink& sink) {
        const std::string chunk(1000, 'x');
        if (offset < 15'000) {
          sink.write(chunk.data(), chunk.size());
        } else {
          sink.done();
        }
        return true;
      },
      "application/json");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 413);
}

TEST_F(GatewayTest, ALargeFormIsReadAsItCame) {
  const std::string body = absl::StrCat("key:", std::string(200, 'K'), std::string(9'000, ','));
  const httplib::Result result = Post(body, "application/x-www-form-urlencoded");
  EXPECT_EQ(result->status, 400) << "of 9 KiB, and refused only for its empty keys";
  EXPECT_EQ(Post("key:PAY-1", "application/x-www-form-urlencoded")->status, 200);
}

TEST_F(GatewayTest, AnEventThatNoRepeatingCanMendIs422WithTheMessage) {
  for (const grpc::StatusCode code :
       {grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::NOT_FOUND}) {
    clearwayd_.AnswerStatus(code, "event.ticket.title: is too long");
    const httplib::Result result = Post("key:PAY-1");
    EXPECT_EQ(result->status, 422);
    EXPECT_EQ(nlohmann::json::parse(result->body)["error"], "event.ticket.title: is too long");
    EXPECT_FALSE(result->has_header("Retry-After"));
  }
}

TEST_F(GatewayTest, APassingFaultIs503WithRetryAfterAndNamesNothingInside) {
  for (const grpc::StatusCode code :
       {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED,
        grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::ABORTED, grpc::StatusCode::INTERNAL,
        grpc::StatusCode::UNKNOWN}) {
    clearwayd_.AnswerStatus(code, "the disk at 10.0.0.7 is full");
    const httplib::Result result = Post("key:PAY-1");
    EXPECT_EQ(result->status, 503) << code;
    EXPECT_EQ(result->get_header_value("Retry-After"), "7");
    EXPECT_THAT(result->body, Not(HasSubstr("10.0.0.7")));
    EXPECT_THAT(log_.str(), HasSubstr("10.0.0.7"));
  }
}

TEST_F(GatewayTest, ALostRaceIsTriedAgainBeforeTheSenderHearsOfIt) {
  std::atomic<int> calls{0};
  clearwayd_.Answer([&](const v1::TicketEvent&, v1::IngestTicketEventResponse* response) {
    if (++calls == 1) return grpc::Status(grpc::StatusCode::ABORTED, "lost a race");
    response->set_result(v1::INGEST_RESULT_APPLIED);
    return grpc::Status::OK;
  });
  EXPECT_EQ(Post("key:PAY-1")->status, 200);
  EXPECT_EQ(calls, 2);
}

TEST_F(GatewayTest, APassingFaultStopsTheEventsBehindItAndGoesBeforeALastingOne) {
  clearwayd_.Answer([](const v1::TicketEvent& event, v1::IngestTicketEventResponse* response) {
    response->set_result(v1::INGEST_RESULT_APPLIED);
    if (event.ticket().key() == "BAD-1")
      return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "");
    if (event.ticket().key() == "BUSY-1") return grpc::Status(grpc::StatusCode::INTERNAL, "");
    return grpc::Status::OK;
  });
  EXPECT_EQ(Post("key:BAD-1,GOOD-1")->status, 422);
  EXPECT_EQ(clearwayd_.events().size(), 2U);
  EXPECT_EQ(Post("key:BAD-1,BUSY-1,GOOD-1")->status, 503);
  EXPECT_EQ(clearwayd_.events().size(), 4U);
}

TEST_F(GatewayTest, WithoutClearwaydTheAnswerIs503InTime) {
  options_.config.set_clearwayd_address("127.0.0.1:1");
  options_.config.mutable_ingest_timeout()->set_seconds(0);
  options_.config.mutable_ingest_timeout()->set_nanos(200'000'000);
  Restart();
  const httplib::Result result = Post("key:PAY-1");
  EXPECT_EQ(result->status, 503);
  EXPECT_EQ(result->get_header_value("Retry-After"), "7");
}

TEST_F(GatewayTest, ClearwaydMayComeUpWhileAWebhookWaits) {
  // A port that was just free, for a clearwayd that is yet to start.
  int port = 0;
  {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&clearwayd_);
    const std::unique_ptr<grpc::Server> probe = builder.BuildAndStart();
    probe->Shutdown();
  }
  options_.config.set_clearwayd_address(absl::StrCat("127.0.0.1:", port));
  Restart();
  int status = 0;
  std::thread sender([&] { status = Post("key:PAY-1")->status; });
  // The gateway has found nobody there once it says that it is not ready.
  EXPECT_EQ(Get("/readyz")->status, 503);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), grpc::InsecureServerCredentials());
  builder.RegisterService(&clearwayd_);
  const std::unique_ptr<grpc::Server> late = builder.BuildAndStart();
  sender.join();
  EXPECT_EQ(status, 200);
  late->Shutdown();
}

TEST_F(GatewayTest, TicketTextAndSecretsAreNeverLogged) {
  clearwayd_.AnswerStatus(grpc::StatusCode::UNAVAILABLE, "away");
  Post("key:SECRETPLAN-1");
  PostSigned("key:SECRETPLAN-1", "sha256=00");
  Post("SECRETPLAN garbage");
  EXPECT_THAT(log_.str(), HasSubstr("refused"));
  EXPECT_THAT(log_.str(), Not(HasSubstr("SECRETPLAN garbage")));
  EXPECT_THAT(log_.str(), Not(HasSubstr(kSecret)));
}

TEST_F(GatewayTest, OtherPathsAndMethodsAreNotFound) {
  EXPECT_EQ(Get("/webhooks/lines")->status, 404);
  EXPECT_EQ(Get("/")->status, 404);
}

TEST_F(GatewayTest, HealthIsTheGatewaysOwnAndReadinessClearwayds) {
  EXPECT_EQ(Get("/healthz")->status, 200);
  EXPECT_EQ(Get("/readyz")->status, 200);
  clearwayd_.SetServing(false);
  EXPECT_EQ(Get("/healthz")->status, 200);
  EXPECT_EQ(Get("/readyz")->status, 503);
}

TEST_F(GatewayTest, RequestsAreCountedFromZero) {
  const std::string ok = "clearway_webhook_requests_total{code=\"200\",source=\"lines\"}";
  const std::string refused = "clearway_webhook_requests_total{code=\"401\",source=\"lines\"}";
  EXPECT_EQ(Metric(ok), "0");
  EXPECT_EQ(Metric(refused), "0");
  Post("key:PAY-1");
  Post("key:PAY-2");
  PostSigned("key:PAY-3", "");
  EXPECT_EQ(Metric(ok), "2");
  EXPECT_EQ(Metric(refused), "1");
  EXPECT_EQ(Metric("clearway_webhook_duration_seconds_count{source=\"lines\"}"), "3");
  EXPECT_THAT(Get("/metrics")->body, HasSubstr("clearway_build_info{"));
}

TEST_F(GatewayTest, StoppingAnswersWhatIsUnderWay) {
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool release = false;
  clearwayd_.Answer([&](const v1::TicketEvent&, v1::IngestTicketEventResponse* response) {
    std::unique_lock<std::mutex> lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait_for(lock, std::chrono::seconds(20), [&] { return release; });
    response->set_result(v1::INGEST_RESULT_APPLIED);
    return grpc::Status::OK;
  });
  int status = 0;
  std::thread sender([&] { status = Post("key:PAY-1")->status; });
  {
    std::unique_lock<std::mutex> lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return entered; }));
  }
  std::thread stopper([&] { gateway_->Stop(); });
  {
    const std::lock_guard<std::mutex> lock(mutex);
    release = true;
  }
  changed.notify_all();
  stopper.join();
  sender.join();
  EXPECT_EQ(status, 200);
}

TEST_F(GatewayTest, AnAddressInUseIsUnavailable) {
  options_.config.set_http_address(absl::StrCat("127.0.0.1:", gateway_->port()));
  EXPECT_THAT(Gateway::Start(options_, logger_, clock_),
              testing::StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace clearway
