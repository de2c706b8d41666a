#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"

#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "plugin-adapters/gateway/signature.h"
#include "plugin-adapters/gateway/webhook_adapter.h"

namespace clearway::testing {

// Takes bodies such as "key:PAY-1,PAY-2": an event for each key; none at all is nothing to do.
class LineAdapter final : public WebhookAdapter {
 public:
  absl::string_view kind() const override { return "lines"; }
  absl::Status VerifySignature(const Webhook& webhook,
                               const std::vector<std::string>& secrets) const override {
    return VerifySha256Signature("X-Signature", webhook.header("x-signature"), webhook.body,
                                 secrets);
  }
  absl::StatusOr<WebhookEvents> Parse(const Webhook& webhook) const override {
    if (webhook.header("content-type") == "text/xml") return absl::UnimplementedError("no XML");
    if (webhook.body.rfind("key:", 0) != 0) return absl::InvalidArgumentError("no key");
    WebhookEvents result;
    std::istringstream keys(webhook.body.substr(4));
    for (std::string key; std::getline(keys, key, ',');) {
      v1::TicketEvent& event = result.events.emplace_back();
      event.set_tenant(webhook.tenant);
      event.set_source("lines");
      event.set_event_id(absl::StrCat("event of ", key));
      event.mutable_ticket()->set_key(key);
    }
    if (result.events.empty()) result.ignored = "nothing in it";
    return result;
  }
};

// clearwayd as far as the gateway sees it: answers what the test says and keeps what it was sent.
class FakeClearwayd final : public v1::TicketEventService::Service {
 public:
  using Handler =
      std::function<grpc::Status(const v1::TicketEvent&, v1::IngestTicketEventResponse*)>;

  FakeClearwayd() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeClearwayd() override { server_->Shutdown(); }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  void SetServing(bool serving) { server_->GetHealthCheckService()->SetServingStatus(serving); }
  void Answer(Handler handler) {
    const std::lock_guard<std::mutex> lock(mutex_);
    handler_ = std::move(handler);
  }
  void AnswerStatus(grpc::StatusCode code, const std::string& message) {
    Answer([=](const v1::TicketEvent&, v1::IngestTicketEventResponse*) {
      return grpc::Status(code, message);
    });
  }
  std::vector<v1::TicketEvent> events() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return events_;
  }

  grpc::Status IngestTicketEvent(grpc::ServerContext*, const v1::IngestTicketEventRequest* request,
                                 v1::IngestTicketEventResponse* response) override {
    Handler handler;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      events_.push_back(request->event());
      handler = handler_;
    }
    return handler(request->event(), response);
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable std::mutex mutex_;
  std::vector<v1::TicketEvent> events_;
  Handler handler_ = [](const v1::TicketEvent&, v1::IngestTicketEventResponse* response) {
    response->set_result(v1::INGEST_RESULT_APPLIED);
    return grpc::Status::OK;
  };
};

}  // namespace clearway::testing
