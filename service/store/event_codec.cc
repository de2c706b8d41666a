#include "service/store/event_codec.h"

#include <zstd.h>

#include <cstddef>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"

#include "clearway/v1/ticket.pb.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

// The fastest of the usual levels: an event is small, and higher ones gain a hundredth of it.
constexpr int kLevel = 1;

// No message that the server takes is larger.
constexpr unsigned long long kMaxEventBytes = 256ULL << 20;

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat(
      "a kept event cannot be read: ", what,
      "; the row is damaged or a newer clearwayd wrote it. Restore the database from a backup or "
      "start the newer version"));
}

}  // namespace

absl::StatusOr<std::string> PackEvent(const TicketEvent& event) {
  google::protobuf::Arena arena;
  auto& proto = *google::protobuf::Arena::CreateMessage<v1::TicketEvent>(&arena);
  ToProto(event, &proto);
  std::string plain;
  if (!proto.SerializeToString(&plain)) {
    return absl::InternalError("an event is too large to be kept");
  }
  return EventPacker().Pack(plain);
}

void EventPacker::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

EventPacker::Context EventPacker::Take() const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      Context context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  return Context(ZSTD_createCCtx());
}

absl::StatusOr<std::string> EventPacker::Pack(absl::string_view plain) const {
  if (plain.size() > kMaxEventBytes) {
    return absl::InternalError("an event is too large to be kept");
  }
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  Context context = Take();
  if (context == nullptr) return absl::ResourceExhaustedError("no memory to compress an event in");
  const size_t size = ZSTD_compressCCtx(context.get(), packed.data(), packed.size(), plain.data(),
                                        plain.size(), kLevel);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(context));
  }
  if (ZSTD_isError(size) != 0) {
    return absl::InternalError(absl::StrCat("cannot compress: ", ZSTD_getErrorName(size)));
  }
  packed.resize(size);
  return packed;
}

absl::StatusOr<TicketEvent> UnpackEvent(absl::string_view bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  // The two values that stand for "not told" and "no frame" are above it too.
  if (size > kMaxEventBytes) return Damaged("it is no frame of zstd");
  std::string plain(static_cast<size_t>(size), '\0');
  const size_t got = ZSTD_decompress(plain.data(), plain.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0) return Damaged(ZSTD_getErrorName(got));
  google::protobuf::Arena arena;
  auto& proto = *google::protobuf::Arena::CreateMessage<v1::TicketEvent>(&arena);
  if (got != plain.size() || !proto.ParseFromArray(plain.data(), static_cast<int>(got))) {
    return Damaged("it is no TicketEvent message");
  }
  if (!v1::Priority_IsValid(proto.ticket().priority())) return Damaged("its priority is unknown");
  return FromProto(proto);
}

}  // namespace clearway
