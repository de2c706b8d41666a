#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "service/base/status_macros.h"
#include "service/domain/erasure.h"
#include "service/domain/ticket_state.h"
#include "service/store/codec.h"
#include "service/store/event_codec.h"
#include "service/store/packed.h"
#include "service/store/sql_reads.h"
#include "service/store/sql_writes.h"

namespace clearway {

// Takes the texts out of every row about one ticket, or only counts the rows that hold any, for
// every back end that speaks SQL. Connection and statements as in sql_reads.h; every row is read
// before one is written.
template <typename Connection>
class SqlTextEraser {
 public:
  // All must outlive this. `write` false: nothing is changed.
  SqlTextEraser(Connection& connection, const TicketKey& key, const TextEraser& eraser, bool write)
      : connection_(connection), key_(key), eraser_(eraser), write_(write) {}

  // The number of rows changed, or that would be.
  absl::StatusOr<int64_t> Run() {
    ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, SelectTicket(connection_, key_));
    ASSIGN_OR_RETURN(const std::vector<RawEvent> events, Select(kSelectRawEvents, ReadRawEvent));
    StoredTicket stored = ticket.value_or(StoredTicket());
    RETURN_IF_ERROR(Unpack(events));
    bool body = stored.state.body_erased || eraser_.TakesBody(stored.state.ticket);
    for (const TicketEvent& event : unpacked_) body = body || eraser_.TakesBody(event.ticket);
    RETURN_IF_ERROR(Events(body, events));
    if (ticket.has_value()) RETURN_IF_ERROR(State(body, &stored));
    left_ = Snapshot(stored.state);
    RETURN_IF_ERROR(Blockers());
    RETURN_IF_ERROR(Feedbacks());
    return rows_;
  }

 private:
  template <typename T>
  absl::StatusOr<std::vector<T>> Select(const char* sql,
                                        absl::StatusOr<T> (*read)(const SqlColumns&)) {
    ASSIGN_OR_RETURN(auto select, connection_.Cached(sql));
    select.Bind(key_.tenant, key_.source, key_.key);
    return ReadAll(select, read);
  }

  template <typename... Values>
  absl::Status Write(const char* sql, const Values&... values) {
    ++rows_;
    if (!write_) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto update, connection_.Cached(sql));
    update.Bind(values...);
    return update.Run();
  }

  absl::Status Unpack(const std::vector<RawEvent>& events) {
    for (const RawEvent& event : events) {
      ASSIGN_OR_RETURN(TicketEvent unpacked, UnpackEvent(event.packed));
      unpacked_.push_back(std::move(unpacked));
    }
    return absl::OkStatus();
  }

  absl::Status Events(bool body, const std::vector<RawEvent>& events) {
    for (size_t i = 0; i < events.size(); ++i) {
      if (!eraser_.Erase(body, &unpacked_[i])) continue;
      quoted_ = true;
      ASSIGN_OR_RETURN(const std::string packed, PackEvent(unpacked_[i]));
      RETURN_IF_ERROR(Write(kUpdateRawEvent, SqlBlob{packed}, key_.tenant, key_.source, key_.key,
                            events[i].event_id));
    }
    return absl::OkStatus();
  }

  absl::Status State(bool body, StoredTicket* stored) {
    bool changed = eraser_.Erase(body, &stored->state);
    quoted_ = quoted_ || changed;
    if (quoted_ && !stored->state.erased) changed = stored->state.erased = true;
    if (stored->correction.has_value()) changed |= eraser_.Erase(&*stored->correction);
    if (quoted_ && stored->classification.has_value()) {
      changed |= TextEraser::EraseQuotes(Snapshot(stored->state), &*stored->classification);
    }
    if (!changed) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::string bytes, EncodeTicket(*stored));
    return Write(kUpsertTicket, key_.tenant, key_.source, key_.key, SqlBlob{bytes},
                 static_cast<int>(IsOver(stored->state)), stored->state.ticket.project);
  }

  // The same of a whole row, by what binds it.
  template <typename Row, typename Bind>
  absl::Status WriteRow(const char* sql, const Row& row, Bind bind) {
    ++rows_;
    if (!write_) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto update, connection_.Cached(sql));
    bind(row, update);
    return update.Run();
  }

  absl::Status Blockers() {
    ASSIGN_OR_RETURN(std::vector<Blocker> blockers, Select(kSelectBlockersOfTicket, ReadBlocker));
    for (Blocker& blocker : blockers) {
      if (eraser_.Erase(quoted_, left_, &blocker)) {
        RETURN_IF_ERROR(WriteRow(kUpdateBlocker, blocker, [](const Blocker& row, auto& update) {
          BindUpdateBlocker(row, update);
        }));
      }
      RETURN_IF_ERROR(Changes(blocker.id));
      if (quoted_) RETURN_IF_ERROR(Escalations(blocker.id));
    }
    return absl::OkStatus();
  }

  absl::Status Changes(int64_t blocker_id) {
    std::vector<std::pair<int64_t, BlockerChange>> changes;
    {
      ASSIGN_OR_RETURN(auto select, connection_.Cached(kSelectChangesWithPlaces));
      select.Bind(key_.tenant, blocker_id);
      for (;;) {
        ASSIGN_OR_RETURN(const bool more, select.Step());
        if (!more) break;
        ASSIGN_OR_RETURN(BlockerChange change, ReadChange(select));
        constexpr int kPosition = 7;
        changes.emplace_back(select.Int64(kPosition), std::move(change));
      }
    }
    for (auto& [position, change] : changes) {
      if (!eraser_.Erase(&change)) continue;
      RETURN_IF_ERROR(
          Write(kUpdateChangeTexts, change.actor, change.note, key_.tenant, blocker_id, position));
    }
    return absl::OkStatus();
  }

  absl::Status Escalations(int64_t blocker_id) {
    std::vector<Escalation> escalations;
    {
      ASSIGN_OR_RETURN(auto select, connection_.Cached(kSelectAllEscalationsOfBlocker));
      select.Bind(key_.tenant, blocker_id);
      ASSIGN_OR_RETURN(escalations, ReadAll(select, ReadEscalation));
    }
    for (Escalation& e : escalations) {
      if (!TextEraser::EraseQuotes(&e)) continue;
      RETURN_IF_ERROR(WriteRow(kUpdateEscalationTexts, e, [](const Escalation& row, auto& update) {
        BindUpdateEscalationTexts(row, update);
      }));
    }
    return absl::OkStatus();
  }

  absl::Status Feedbacks() {
    ASSIGN_OR_RETURN(std::vector<Feedback> all, Select(kSelectFeedbackOfTicket, ReadFeedback));
    for (Feedback& feedback : all) {
      bool changed = eraser_.Erase(&feedback.judgement, &feedback.note);
      // A copy without the words it was judged by would teach what is wrong.
      if (feedback.snapshot.has_value() && eraser_.IsIn(*feedback.snapshot)) {
        feedback.snapshot.reset();
        changed = true;
      }
      if (!changed) continue;
      ASSIGN_OR_RETURN(const std::optional<std::string> snapshot, EncodedSnapshot(feedback));
      const std::optional<SqlBlob> bytes =
          snapshot.has_value() ? std::optional<SqlBlob>(SqlBlob{*snapshot}) : std::nullopt;
      RETURN_IF_ERROR(Write(kUpdateFeedbackTexts, feedback.judgement.actor,
                            feedback.judgement.waiting_on, feedback.note, bytes, key_.tenant,
                            feedback.id));
    }
    return absl::OkStatus();
  }

  Connection& connection_;
  const TicketKey& key_;
  const TextEraser& eraser_;
  const bool write_;
  std::vector<TicketEvent> unpacked_;
  // Some of the ticket's own texts go, so what quotes them goes too.
  bool quoted_ = false;
  // The ticket without them.
  Ticket left_;
  int64_t rows_ = 0;
};

}  // namespace clearway
