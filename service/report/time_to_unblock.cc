#include "service/report/time_to_unblock.h"

#include <algorithm>
#include <bit>

namespace clearway {
namespace {

constexpr size_t kMostExact = 1 << 16;

// Classes of times: one a second at first, then twice as wide each time the time doubles, so that
// each power of two has kClasses of them.
constexpr int kClassBits = 11;
constexpr int64_t kClasses = 1 << kClassBits;
// Two thousand years.
constexpr int kMostBits = 36;
constexpr int64_t kMostSeconds = (int64_t{1} << kMostBits) - 1;
constexpr size_t kAllClasses = static_cast<size_t>(kClasses) * (kMostBits - kClassBits + 1);

// By how many bits the width of this time's class exceeds a second.
int WidthBits(int64_t seconds) {
  const int bits = std::bit_width(static_cast<uint64_t>(seconds));
  return std::max(bits - kClassBits - 1, 0);
}

size_t ClassOf(int64_t seconds) {
  const int width = WidthBits(seconds);
  return static_cast<size_t>(kClasses * width + (seconds >> width));
}

// The middle of the class.
int64_t SecondsOf(size_t number) {
  const auto of_class = static_cast<int64_t>(number);
  const int64_t width = std::max<int64_t>(of_class / kClasses - 1, 0);
  return ((of_class - kClasses * width) << width) + ((int64_t{1} << width) >> 1);
}

}  // namespace

void UnblockTimes::Add(absl::Duration time) {
  const int64_t seconds = std::clamp<int64_t>(absl::ToInt64Seconds(time), 0, kMostSeconds);
  ++count_;
  if (!classes_.empty()) {
    ++classes_[ClassOf(seconds)];
    return;
  }
  seconds_.push_back(seconds);
  if (seconds_.size() <= kMostExact) return;
  classes_.resize(kAllClasses);
  for (const int64_t each : seconds_) ++classes_[ClassOf(each)];
  seconds_ = {};
}

int64_t UnblockTimes::AtRank(int64_t rank) const {
  if (classes_.empty()) return seconds_[static_cast<size_t>(rank - 1)];
  size_t number = 0;
  for (int64_t below = classes_[0]; below < rank; below += classes_[number]) ++number;
  return SecondsOf(number);
}

std::optional<TimeToUnblock> UnblockTimes::Percentiles() {
  if (count_ == 0) return std::nullopt;
  std::sort(seconds_.begin(), seconds_.end());
  const auto nearest_rank = [this](int64_t percent) {
    return absl::Seconds(AtRank((percent * count_ + 99) / 100));
  };
  return TimeToUnblock{nearest_rank(50), nearest_rank(85), nearest_rank(95)};
}

}  // namespace clearway
