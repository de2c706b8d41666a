#include "service/store/codec.h"

#include <unicode/utf8.h>

#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"

#include "clearway/storage/v1/ticket_state.pb.h"
#include "service/base/status_macros.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

bool IsUtf8(absl::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  for (int64_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) return false;
  }
  return true;
}

// Events are UTF-8 since they came through a proto3 parser; what is cut out of them may not be.
absl::Status CheckCutTexts(const Classification& verdict) {
  if (!IsUtf8(verdict.waiting_on)) {
    return absl::InternalError(
        "the verdict's waiting_on is not UTF-8; the classifier cut inside a "
        "character");
  }
  for (const Evidence& span : verdict.evidence) {
    if (!IsUtf8(span.text)) {
      return absl::InternalError(absl::StrCat("evidence in ", span.field, " at bytes ", span.begin,
                                              " to ", span.end,
                                              " is not UTF-8; the classifier cut "
                                              "inside a character"));
    }
  }
  return absl::OkStatus();
}

// Gives every distinct version one place in the message.
class VersionTable {
 public:
  explicit VersionTable(storage::v1::TicketState* proto) : proto_(*proto) {}

  int IndexOf(const Version& version) {
    // What one event wrote stands together.
    if (last_ != nullptr && last_->first == version) return last_->second;
    const auto [entry, is_new] = indexes_.try_emplace(version, proto_.versions_size());
    if (is_new) {
      storage::v1::Version* added = proto_.add_versions();
      added->set_time_us(absl::ToUnixMicros(version.time));
      added->set_sequence(version.sequence);
      added->set_event_id(version.event_id);
    }
    last_ = &*entry;
    return entry->second;
  }

 private:
  storage::v1::TicketState& proto_;
  std::map<Version, int> indexes_;
  // The one that was asked for last.
  const std::pair<const Version, int>* last_ = nullptr;
};

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat(
      "a stored ticket cannot be read: ", what,
      "; the row is damaged or a newer clearwayd wrote it. Restore the database from a "
      "backup or start the newer version"));
}

// The proto's enums are open: a number without a name must not get into the domain.
bool EnumsAreKnown(const v1::Classification& verdict) {
  return v1::Category_IsValid(verdict.category()) && v1::Reason_IsValid(verdict.reason()) &&
         v1::Category_IsValid(verdict.secondary()) &&
         v1::Category_IsValid(verdict.likeliest_category());
}

bool EnumsAreKnown(const storage::v1::Correction& correction) {
  return v1::Category_IsValid(correction.category()) && v1::Reason_IsValid(correction.reason()) &&
         v1::Category_IsValid(correction.secondary()) &&
         v1::Category_IsValid(correction.overruled());
}

void ToProto(const Correction& correction, storage::v1::Correction* proto) {
  const Judgement& judgement = correction.judgement;
  proto->set_actor(judgement.actor);
  proto->set_category(clearway::ToProto(judgement.category));
  proto->set_reason(clearway::ToProto(judgement.reason));
  proto->set_secondary(clearway::ToProto(judgement.secondary));
  proto->set_waiting_on(judgement.waiting_on);
  proto->set_status(correction.status);
  proto->set_done(correction.done);
  proto->set_flagged(correction.flagged);
  proto->set_text(correction.text);
  proto->set_overruled(clearway::ToProto(correction.overruled));
}

Correction FromProto(const storage::v1::Correction& proto) {
  return {
      {proto.actor(), clearway::FromProto(proto.category()), clearway::FromProto(proto.reason()),
       clearway::FromProto(proto.secondary()), proto.waiting_on()},
      proto.status(),
      proto.done(),
      proto.flagged(),
      proto.text(),
      clearway::FromProto(proto.overruled())};
}

absl::StatusOr<Version> VersionAt(const storage::v1::TicketState& proto, int index) {
  if (index < 0 || index >= proto.versions_size()) {
    return Damaged(absl::StrCat("it has no version ", index));
  }
  const storage::v1::Version& version = proto.versions(index);
  // The smallest number is how ToUnixMicros wrote InfinitePast.
  const absl::Time time = version.time_us() == std::numeric_limits<int64_t>::min()
                              ? absl::InfinitePast()
                              : absl::FromUnixMicros(version.time_us());
  return Version{time, version.sequence(), version.event_id()};
}

}  // namespace

absl::StatusOr<std::string> EncodeTicket(const StoredTicket& ticket) {
  if (ticket.classification.has_value()) RETURN_IF_ERROR(CheckCutTexts(*ticket.classification));
  google::protobuf::Arena arena;
  auto& proto = *google::protobuf::Arena::CreateMessage<storage::v1::TicketState>(&arena);
  const TicketState& state = ticket.state;
  VersionTable versions(&proto);
  clearway::ToProto(state.ticket, proto.mutable_ticket());
  for (const Version& version : state.versions) {
    proto.add_field_versions(version == Version() ? 0 : versions.IndexOf(version) + 1);
  }
  for (const VersionedComment& held : state.comments) {
    storage::v1::StoredComment* added = proto.add_comments();
    clearway::ToProto(held.comment, added->mutable_comment());
    added->set_version(versions.IndexOf(held.version));
    added->set_deleted(held.deleted);
  }
  proto.set_deleted(state.deleted);
  proto.set_erased(state.erased);
  proto.set_body_erased(state.body_erased);
  if (ticket.classification.has_value()) {
    clearway::ToProto(*ticket.classification, proto.mutable_classification());
  }
  if (ticket.correction.has_value()) ToProto(*ticket.correction, proto.mutable_correction());
  proto.set_links_kept(ticket.links_kept);
  std::string bytes;
  if (!proto.SerializeToString(&bytes)) {
    return absl::InternalError("a ticket is too large to be stored (2 GiB)");
  }
  return bytes;
}

absl::StatusOr<StoredTicket> DecodeTicket(absl::string_view bytes) {
  google::protobuf::Arena arena;
  auto& proto = *google::protobuf::Arena::CreateMessage<storage::v1::TicketState>(&arena);
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Damaged("it is no TicketState message");
  }
  if (proto.field_versions_size() > static_cast<int>(kTicketFieldCount)) {
    return Damaged("it has fields unknown to this version");
  }
  if (!v1::Priority_IsValid(proto.ticket().priority())) return Damaged("its priority is unknown");
  StoredTicket ticket;
  TicketState& state = ticket.state;
  state.ticket = clearway::FromProto(proto.ticket());
  for (int i = 0; i < proto.field_versions_size(); ++i) {
    if (proto.field_versions(i) == 0) continue;
    ASSIGN_OR_RETURN(state.versions[static_cast<size_t>(i)],
                     VersionAt(proto, proto.field_versions(i) - 1));
  }
  state.comments.reserve(static_cast<size_t>(proto.comments_size()));
  for (const storage::v1::StoredComment& held : proto.comments()) {
    ASSIGN_OR_RETURN(Version version, VersionAt(proto, held.version()));
    state.comments.push_back(
        {clearway::FromProto(held.comment()), std::move(version), held.deleted()});
  }
  state.deleted = proto.deleted();
  state.erased = proto.erased();
  state.body_erased = proto.body_erased();
  if (proto.has_classification()) {
    if (!EnumsAreKnown(proto.classification())) return Damaged("its verdict is unknown");
    ticket.classification = clearway::FromProto(proto.classification());
  }
  if (proto.has_correction()) {
    if (!EnumsAreKnown(proto.correction())) return Damaged("its correction is unknown");
    ticket.correction = FromProto(proto.correction());
  }
  ticket.links_kept = proto.links_kept();
  return ticket;
}

absl::StatusOr<std::string> EncodeSnapshot(const Ticket& ticket) {
  v1::Ticket proto;
  clearway::ToProto(ticket, &proto);
  std::string bytes;
  if (!proto.SerializeToString(&bytes)) {
    return absl::InternalError("a ticket is too large to be stored (2 GiB)");
  }
  return bytes;
}

absl::StatusOr<Ticket> DecodeSnapshot(absl::string_view bytes) {
  v1::Ticket proto;
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Damaged("the one that feedback was given on is no Ticket message");
  }
  if (!v1::Priority_IsValid(proto.priority())) return Damaged("its priority is unknown");
  return clearway::FromProto(proto);
}

}  // namespace clearway
