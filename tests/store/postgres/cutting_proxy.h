#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/testing/temp_dir.h"

namespace clearway::testing {

// Stands between a client and a PostgreSQL server's socket, and can drop the connection at the very
// moment at which the server says that it has committed.
class CuttingProxy {
 public:
  explicit CuttingProxy(const std::string& server_socket);
  ~CuttingProxy();

  // What to give libpq as `host`.
  const std::string& folder() const { return dir_.path(); }

  // The next COMMIT that the server reports is not passed on; its connection is cut.
  void SwallowNextCommit() { armed_ = true; }
  int swallowed() const { return swallowed_; }

 private:
  void Accept();
  void Serve(int client);
  // Passes bytes on until either end closes.
  bool PassOn(int from, int to, bool from_server);

  const TempDir dir_;
  const std::string server_socket_;
  std::atomic<bool> armed_ = false;
  std::atomic<int> swallowed_ = 0;
  std::atomic<bool> stopping_ = false;
  int listener_ = -1;
  std::thread accepting_;
  std::vector<std::thread> serving_;
};

}  // namespace clearway::testing
