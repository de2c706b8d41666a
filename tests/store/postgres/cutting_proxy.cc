#include "tests/store/postgres/cutting_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace clearway::testing {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  EXPECT_LT(path.size(), sizeof(address.sun_path));
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

bool WriteAll(int to, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server_socket) : server_socket_(server_socket) {
  const std::string name = server_socket.substr(server_socket.rfind('/'));
  const sockaddr_un address = AddressOf(dir_.path() + name);
  listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  accepting_ = std::thread([this] { Accept(); });
}

CuttingProxy::~CuttingProxy() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (std::thread& thread : serving_) thread.join();
  close(listener_);
}

void CuttingProxy::Accept() {
  for (;;) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0 || stopping_) {
      if (client >= 0) close(client);
      return;
    }
    serving_.emplace_back([this, client] { Serve(client); });
  }
}

void CuttingProxy::Serve(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  const sockaddr_un address = AddressOf(server_socket_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  while (open && !stopping_) {
    std::array<pollfd, 2> ends = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    // Woken now and then to see whether the proxy stops.
    poll(ends.data(), ends.size(), 100);
    if (ends[0].revents != 0) open = PassOn(client, server, /*from_server=*/false);
    if (open && ends[1].revents != 0) open = PassOn(server, client, /*from_server=*/true);
  }
  close(server);
  close(client);
}

bool CuttingProxy::PassOn(int from, int to, bool from_server) {
  std::array<char, 65536> buffer;
  const ssize_t size = read(from, buffer.data(), buffer.size());
  if (size <= 0) return false;
  const absl::string_view bytes(buffer.data(), static_cast<size_t>(size));
  // The tag of the message CommandComplete.
  if (from_server && absl::StrContains(bytes, absl::string_view("COMMIT\0", 7)) &&
      armed_.exchange(false)) {
    ++swallowed_;
    return false;
  }
  return WriteAll(to, bytes);
}

}  // namespace clearway::testing
