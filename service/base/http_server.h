#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"

namespace clearway {

struct HttpRequest {
  std::string method;
  std::string path;
  // Names in lower case; of repeated headers the first.
  std::map<std::string, std::string> headers;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
  std::map<std::string, std::string> headers;
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// A small HTTP/1.1 server on threads of its own. Bodies over the limit are answered 413 before they
// are read to the end, multipart forms 415, unknown paths 404; a handler that throws 500. Handlers
// run concurrently.
class HttpServer {
 public:
  struct Options {
    // host:port; port 0 takes a free one.
    std::string address;
    size_t max_body_bytes = 1 << 20;
    int threads = 4;
    // Told of every answer, those that no handler gave (404, 413) among them. May be empty.
    std::function<void(const std::string& path, int status)> observer;
  };
  struct Route {
    // "GET" or "POST".
    std::string method;
    // An exact path, not a pattern.
    std::string path;
    HttpHandler handler;
  };

  // INVALID_ARGUMENT for an address that cannot be read, UNAVAILABLE when it cannot be bound.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const Options& options,
                                                           const std::vector<Route>& routes);
  // Stops.
  ~HttpServer();

  // The port in use.
  int port() const { return port_; }

  // Takes no new connection and waits for the handlers under way. May be called twice.
  void Stop();

 private:
  struct Impl;
  HttpServer();

  std::unique_ptr<Impl> impl_;
  std::thread thread_;
  int port_ = 0;
};

// "host:port" or "[v6]:port" apart. INVALID_ARGUMENT says what is wrong.
struct HostPort {
  std::string host;
  int port = 0;
};
absl::StatusOr<HostPort> ParseHostPort(const std::string& address);

}  // namespace clearway
