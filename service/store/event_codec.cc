#include "service/store/event_codec.h"

#include <zstd.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clearway_embed/event_dictionary_1.h"
#include "google/protobuf/arena.h"

#include "clearway/v1/ticket.pb.h"
#include "service/base/status_macros.h"
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

// What a frame was compressed against; empty: nothing, as by the first versions.
absl::StatusOr<absl::string_view> DictionaryOf(unsigned id) {
  const absl::string_view known = embedded::event_dictionary_1();
  if (id == 0) return absl::string_view();
  if (id == ZSTD_getDictID_fromDict(known.data(), known.size())) return known;
  return Damaged(absl::StrCat("its dictionary ", id, " is unknown"));
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

void EventPacker::Free::operator()(ZSTD_CDict_s* dictionary) const { ZSTD_freeCDict(dictionary); }

EventPacker::EventPacker()
    : dictionary_(ZSTD_createCDict(embedded::event_dictionary_1().data(),
                                   embedded::event_dictionary_1().size(), kLevel)) {}

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
  if (context == nullptr || dictionary_ == nullptr) {
    return absl::ResourceExhaustedError("no memory to compress an event in");
  }
  const size_t size = ZSTD_compress_usingCDict(context.get(), packed.data(), packed.size(),
                                               plain.data(), plain.size(), dictionary_.get());
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
  ASSIGN_OR_RETURN(const absl::string_view dictionary,
                   DictionaryOf(ZSTD_getDictID_fromFrame(bytes.data(), bytes.size())));
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  if (context == nullptr) return absl::ResourceExhaustedError("no memory to read an event in");
  std::string plain(static_cast<size_t>(size), '\0');
  const size_t got =
      ZSTD_decompress_usingDict(context.get(), plain.data(), plain.size(), bytes.data(),
                                bytes.size(), dictionary.data(), dictionary.size());
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
