#include "service/base/http_server.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::StatusIs;

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    HttpServer::Options options;
    options.address = "127.0.0.1:0";
    options.max_body_bytes = 100;
    auto server = HttpServer::Start(
        options, {{"POST", "/echo",
                   [](const HttpRequest& request) {
                     HttpResponse response;
                     response.body = absl::StrCat(request.body, "|", request.headers.at("x-one"));
                     response.headers["X-Two"] = "2";
                     return response;
                   }},
                  {"GET", "/a.b", [](const HttpRequest&) { return HttpResponse{}; }},
                  {"GET", "/throws", [](const HttpRequest&) -> HttpResponse {
                     throw std::runtime_error("secret");
                   }}});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_.emplace("127.0.0.1", server_->port());
  }

  httplib::Result Post(const std::string& body) {
    return client_->Post("/echo", {{"X-One", "1"}}, body, "text/plain");
  }

  std::unique_ptr<HttpServer> server_;
  std::optional<httplib::Client> client_;
};

TEST_F(HttpServerTest, HandlerSeesBodyAndHeadersAndItsAnswerGoesOut) {
  const httplib::Result result = Post("hello");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "hello|1");
  EXPECT_EQ(result->get_header_value("X-Two"), "2");
}

TEST_F(HttpServerTest, BodyUpToTheLimitIsTaken) {
  EXPECT_EQ(Post(std::string(100, 'x'))->status, 200);
  EXPECT_EQ(Post(std::string(101, 'x'))->status, 413);
}

TEST_F(HttpServerTest, UnknownPathIs404) {
  EXPECT_EQ(client_->Get("/none")->status, 404);
  EXPECT_EQ(client_->Get("/echo")->status, 404);
}

TEST_F(HttpServerTest, PathsAreLiteral) {
  EXPECT_EQ(client_->Get("/a.b")->status, 200);
  EXPECT_EQ(client_->Get("/axb")->status, 404);
}

TEST_F(HttpServerTest, HandlerThatThrowsIs500AndTellsNothing) {
  const httplib::Result result = client_->Get("/throws");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 500);
  EXPECT_EQ(result->body.find("secret"), std::string::npos);
}

TEST_F(HttpServerTest, PortIsNotSharedWithASecondServer) {
  HttpServer::Options options;
  options.address = absl::StrCat("127.0.0.1:", server_->port());
  EXPECT_THAT(HttpServer::Start(options, {}), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(HttpServerTest, StopEndsIt) {
  server_->Stop();
  server_->Stop();
  EXPECT_FALSE(client_->Get("/a.b"));
}

TEST(HostPortTest, ReadsHostAndPort) {
  const absl::StatusOr<HostPort> plain = ParseHostPort("example.org:80");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->host, "example.org");
  EXPECT_EQ(plain->port, 80);
  const absl::StatusOr<HostPort> v6 = ParseHostPort("[::1]:0");
  ASSERT_TRUE(v6.ok());
  EXPECT_EQ(v6->host, "::1");
}

TEST(HostPortTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "host", ":80", "host:", "host:http", "host:-1", "host:65536"}) {
    EXPECT_THAT(ParseHostPort(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace clearway
