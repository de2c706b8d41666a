#include "service/base/http_server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "httplib.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

HttpRequest FromLibrary(const httplib::Request& in, std::string body) {
  HttpRequest out{in.method, in.path, {}, std::move(body)};
  for (const auto& [name, value] : in.headers) {
    out.headers.emplace(absl::AsciiStrToLower(name), value);
  }
  return out;
}

void ToLibrary(const HttpResponse& in, httplib::Response* out) {
  out->status = in.status;
  for (const auto& [name, value] : in.headers) out->set_header(name.c_str(), value);
  out->set_content(in.body, in.content_type.c_str());
}

// Reads a body as it came and returns the status to answer with, 200 if it is whole. The library's
// own reading would parse forms, and refuse those over 8 KiB. What is too long is read on and
// dropped, within bounds, so that the sender gets to see the answer.
int ReadBody(const httplib::Request& request, size_t max_bytes, const httplib::ContentReader& read,
             std::string* body) {
  if (request.is_multipart_form_data()) {
    read([](const httplib::MultipartFormData&) { return true; },
         [](const char*, size_t) { return true; });
    return 415;
  }
  size_t total = 0;
  const bool complete = read([&](const char* data, size_t size) {
    total += size;
    if (total <= max_bytes) body->append(data, size);
    return total <= 2 * max_bytes;
  });
  if (total > max_bytes) return 413;
  return complete ? 200 : 400;
}

// The library's default shares the port with every program that asks: a second server started by
// mistake would silently take half of the calls.
void ListenAlone(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

}  // namespace

struct HttpServer::Impl {
  httplib::Server server;
};

HttpServer::HttpServer() : impl_(std::make_unique<Impl>()) {}

HttpServer::~HttpServer() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const Options& options,
                                                              const std::vector<Route>& routes) {
  ASSIGN_OR_RETURN(const HostPort address, ParseHostPort(options.address));
  std::unique_ptr<HttpServer> result(new HttpServer());
  httplib::Server& server = result->impl_->server;
  server.set_payload_max_length(options.max_body_bytes);
  const int threads = std::max(1, options.threads);
  server.new_task_queue = [threads] {
    return new httplib::ThreadPool(static_cast<size_t>(threads));
  };
  // An idle connection holds a thread, and holds up Stop, for as long.
  server.set_keep_alive_timeout(2);
  server.set_read_timeout(10);
  server.set_socket_options(ListenAlone);
  server.set_exception_handler([](const httplib::Request&, httplib::Response& response,
                                  const std::exception_ptr&) { response.status = 500; });
  for (const Route& route : routes) {
    // The library takes regular expressions; ours are literal paths.
    std::string pattern;
    for (const char c : route.path) {
      if (!absl::ascii_isalnum(c) && c != '/') pattern.push_back('\\');
      pattern.push_back(c);
    }
    if (route.method == "GET") {
      server.Get(pattern, [handle = route.handler](const httplib::Request& request,
                                                   httplib::Response& response) {
        ToLibrary(handle(FromLibrary(request, "")), &response);
      });
      continue;
    }
    server.Post(pattern, [handle = route.handler, max_bytes = options.max_body_bytes](
                             const httplib::Request& request, httplib::Response& response,
                             const httplib::ContentReader& read) {
      std::string body;
      const int status = ReadBody(request, max_bytes, read, &body);
      if (status == 200) {
        ToLibrary(handle(FromLibrary(request, std::move(body))), &response);
      } else if (response.status != 413) {  // The library has seen a content-length too long.
        response.status = status;
      }
    });
  }
  if (options.observer) {
    // Called before the answer leaves, so that who has the answer finds it observed.
    server.set_post_routing_handler(
        [observe = options.observer](const httplib::Request& request, httplib::Response& response) {
          observe(request.path, response.status);
        });
  }
  if (address.port == 0) {
    result->port_ = server.bind_to_any_port(address.host.c_str());
  } else if (server.bind_to_port(address.host.c_str(), address.port)) {
    result->port_ = address.port;
  }
  if (result->port_ <= 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options.address, "; is another program using the port?"));
  }
  result->thread_ = std::thread([&server] { server.listen_after_bind(); });
  // Connections are queued already, but stop() is lost on a server that does not run yet.
  while (!server.is_running()) std::this_thread::yield();
  return result;
}

void HttpServer::Stop() {
  if (!thread_.joinable()) return;
  impl_->server.stop();
  thread_.join();
}

absl::StatusOr<HostPort> ParseHostPort(const std::string& address) {
  const size_t colon = address.rfind(':');
  HostPort result;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &result.port) || result.port < 0 ||
      result.port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", address, "\" is not an address; write host:port, for example 127.0.0.1:8080"));
  }
  result.host = address.substr(0, colon);
  if (result.host.size() > 2 && result.host.front() == '[' && result.host.back() == ']') {
    result.host = result.host.substr(1, result.host.size() - 2);
  }
  return result;
}

}  // namespace clearway
