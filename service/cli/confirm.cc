#include "service/cli/confirm.h"

namespace clearway {

absl::Status Confirm(const std::string& question, bool yes, const Terminal& terminal) {
  if (yes) return absl::OkStatus();
  if (!terminal.interactive) {
    return absl::FailedPreconditionError("nobody is there to confirm it; say so with --yes");
  }
  terminal.out << question << " Type yes to go on: " << std::flush;
  std::string answer;
  std::getline(terminal.in, answer);
  if (answer == "yes") return absl::OkStatus();
  return absl::CancelledError("nothing was changed");
}

}  // namespace clearway
