#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/correction.h"
#include "service/domain/escalation.h"
#include "service/domain/ticket.h"
#include "service/domain/ticket_event.h"
#include "service/domain/ticket_state.h"

namespace clearway {

// Same numbers as clearway.v1.ErasureKind.
enum class ErasureKind { kUnspecified = 0, kTicket = 1, kAuthor = 2, kRetention = 3 };
inline constexpr int kErasureKindCount = 4;

// What was taken out of the store, by whom and why: the record of it, and for a ticket or an author
// also what keeps the texts from coming back. It holds no text and no author's id.
struct Erasure {
  // Given by the store in growing order, from 1; 0 before it is stored.
  int64_t id = 0;
  std::string tenant;
  ErasureKind kind = ErasureKind::kUnspecified;
  // TicketSubject, AuthorSubject, or the name of what had been kept for its time ("raw_events").
  std::string subject;
  // What was written up to here is gone.
  absl::Time time;
  // Who asked for it.
  std::string actor;
  std::string reason;
  // Rows that were emptied or deleted so far.
  int64_t rows = 0;
  // False while there may be more to do.
  bool done = false;

  friend bool operator==(const Erasure&, const Erasure&) = default;
};

// "jira/PAY-1".
std::string TicketSubject(const TicketKey& key);
// SHA-256 over tenant and id, in hexadecimal: who knows the id can find the record, who reads the
// record does not learn the id unless by trying ids.
std::string AuthorSubject(absl::string_view tenant, absl::string_view author);

// Every subject that the texts of an event may fall under: its ticket, and each author it names.
std::vector<std::string> SubjectsOf(const TicketEvent& event);

// What stands where the name of somebody erased stood in a history.
inline constexpr char kErasedActor[] = "erased";

// Takes title and description out. True when there were any.
bool EraseBody(Ticket* ticket);

// Takes one of the blockers that a message tells of out of it, with the words that are about all of
// them. What is of the blocker that the message stands with stays.
void ForgetMember(int64_t blocker_id, Escalation* escalation);

// Takes a ticket's texts, or those of one author, out of whatever holds them; times, states and
// counts stay. What a text was written by others about the author is not found. Of a ticket that
// the author reported, title and description are the author's. Every method says whether there was
// anything to take out. Used by one thread.
class TextEraser {
 public:
  // Takes out what was written up to `until`, by the words' own times; words of no known time are
  // held to be old. InfiniteFuture: all there is.
  TextEraser(const Erasure& erasure, absl::Time until);
  // Of the rows that were there when it was asked for: all.
  static TextEraser OfStored(const Erasure& erasure) {
    return TextEraser(erasure, absl::InfiniteFuture());
  }
  // Of what comes in later.
  static TextEraser OfIncoming(const Erasure& erasure) { return {erasure, erasure.time}; }

  // Whether title and description of such a ticket go: it is the whole ticket's text that goes, or
  // the reporter's.
  bool TakesBody(const Ticket& ticket) const;

  // `body`: title and description go whatever the event says of its reporter.
  bool Erase(bool body, TicketEvent* event) const;
  // Marks it so that title and description stay away.
  bool Erase(bool body, TicketState* state) const;
  // Whether a copy of a ticket holds any of the texts.
  bool IsIn(const Ticket& ticket) const;

  // What a verdict quotes must still stand in `left`, the ticket's texts that were left.
  static bool EraseQuotes(const Ticket& left, Classification* verdict);
  bool Erase(Correction* correction) const;
  // `quoted`: the ticket's texts have changed, so what was taken from them goes.
  bool Erase(bool quoted, const Ticket& left, Blocker* blocker) const;
  bool Erase(BlockerChange* change) const;
  static bool EraseQuotes(Escalation* escalation);
  // `waiting_on` and `note` are the judge's own words.
  bool Erase(Judgement* judgement, std::string* note) const;

 private:
  bool Is(const std::string& author) const;
  bool Old(absl::Time written) const { return written <= until_; }
  bool IsOld(const Comment& comment) const;
  bool EraseComments(std::vector<Comment>* comments) const;
  bool EraseFields(bool body, bool old, Ticket* ticket) const;

  const std::string tenant_;
  const std::string subject_;
  const bool whole_;
  const absl::Time until_;
  mutable std::map<std::string, bool> known_;
};

}  // namespace clearway
