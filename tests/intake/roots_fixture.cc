#include "tests/intake/roots_fixture.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "service/domain/root_causes.h"
#include "service/intake/link_keeper.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

bool Before(const Hanging& a, const Hanging& b) {
  return std::tie(a.root, a.ticket) < std::tie(b.root, b.ticket);
}

}  // namespace

std::vector<std::string> ManyKeys(int count) {
  std::vector<std::string> keys;
  for (int i = 10; i < 10 + count; ++i) keys.push_back(absl::StrCat(i % 2 == 0 ? "A" : "B", i));
  std::sort(keys.begin(), keys.end());
  return keys;
}

TicketEvent RootsTest::Event(const std::string& key, const std::string& words,
                             std::vector<TicketLink> links) {
  TicketEvent event;
  event.tenant = Scope().tenant;
  event.source = Scope().source;
  const int number = ++events_;
  event.version = {clock_.Now(), number, absl::StrCat("e", number)};
  event.ticket.key = key;
  event.ticket.project = key.substr(0, 1);
  event.ticket.title = "title of " + key;
  event.ticket.description = words;
  event.ticket.links = std::move(links);
  event.fields.set();
  event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
  return event;
}

TicketEvent RootsTest::Done(TicketEvent event) {
  event.ticket.done = true;
  return event;
}

TicketEvent RootsTest::AnyEvent(const std::vector<std::string>& keys, std::mt19937* random) {
  const auto any = [&] { return keys[(*random)() % keys.size()]; };
  const bool stuck = (*random)() % 2 == 0;
  TicketEvent event = Event(any(), stuck ? "waiting for [legal]" : "all fine");
  for (unsigned i = (*random)() % 4; i > 0; --i) {
    event.ticket.links.push_back({(*random)() % 3 == 0 ? "blocks" : "is blocked by", any()});
  }
  event.ticket.done = (*random)() % 5 == 0;
  event.deleted = (*random)() % 12 == 0;
  if (event.deleted) event.fields.set();
  return event;
}

IngestOutcome RootsTest::Apply(const TicketEvent& event, Store* store) {
  IngestOutcome outcome;
  EXPECT_THAT((store == nullptr ? *store_ : *store).Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(outcome, intake_.Apply(event, std::nullopt, tx));
    return absl::OkStatus();
  }),
              IsOk());
  return outcome;
}

void RootsTest::Delete(const std::string& key) {
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, tx.GetTicket(Scope().Of(key)));
    ASSIGN_OR_RETURN(const std::optional<Blocker> blocker, tx.GetLatestBlocker(Scope().Of(key)));
    const bool stuck = blocker.has_value() && blocker->state != BlockerState::kResolved;
    if (!ticket.has_value() || stuck) return absl::OkStatus();
    RETURN_IF_ERROR(LetLinksGo(Scope().Of(key), *ticket, blocker, tx).status());
    return tx.DeleteTicket(Scope().Of(key)).status();
  }),
              IsOk());
}

SettledLinks RootsTest::SettleOnce(const SettleLimits& limits, Store* store) {
  SettledLinks settled;
  EXPECT_THAT((store == nullptr ? *store_ : *store).Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(settled, SettleLinks(limits, tx));
    return absl::OkStatus();
  }),
              IsOk());
  return settled;
}

std::vector<std::string> RootsTest::Settle(const SettleLimits& limits) {
  std::set<std::string> woken;
  for (bool worked = true; worked;) {
    const SettledLinks settled = SettleOnce(limits);
    for (const Blocker& blocker : settled.woken) woken.insert(blocker.ticket.key);
    worked = settled.worked;
  }
  return {woken.begin(), woken.end()};
}

void RootsTest::Reschedule(int64_t blocker_id) {
  EXPECT_THAT(
      store_->Transact([&](Transaction& tx) { return intake_.Reschedule("acme", blocker_id, tx); }),
      IsOk());
}

std::vector<Escalation> RootsTest::TakeDueSteps(int64_t blocker_id) {
  Reschedule(blocker_id);
  return TakeDueTogether({blocker_id}).messages;
}

Climbed RootsTest::TakeDueTogether(const std::vector<int64_t>& blocker_ids) {
  Climbed climbed;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        climbed, intake_.TakeDueTogether("acme", blocker_ids, clock_.Now() + absl::Minutes(1), tx));
    return absl::OkStatus();
  }),
              IsOk());
  return climbed;
}

Picture RootsTest::AsKept(const std::vector<std::string>& keys) {
  Picture picture;
  EXPECT_THAT(store_->ReadLinks([&](LinkReader& links) -> absl::Status {
    ASSIGN_OR_RETURN(picture.hanging, links.RootsOf(Scope(), keys));
    ASSIGN_OR_RETURN(picture.roots, links.FindRoots(Scope(), keys));
    return absl::OkStatus();
  }),
              IsOk());
  std::sort(picture.hanging.begin(), picture.hanging.end(), Before);
  return picture;
}

std::vector<std::string> RootsTest::RootsOf(const std::string& key) {
  std::vector<std::string> roots;
  for (const Hanging& hanging : AsKept({key}).hanging) roots.push_back(hanging.root);
  return roots;
}

size_t RootsTest::ExpectAsFromScratch(const std::vector<std::string>& keys,
                                      const std::string& when) {
  const Picture kept = AsKept(keys);
  const Picture scratch = FromScratch(keys);
  EXPECT_EQ(kept.hanging, scratch.hanging) << when;
  EXPECT_EQ(kept.roots, scratch.roots) << when;
  return kept.hanging.size();
}

Picture RootsTest::FromScratch(const std::vector<std::string>& keys) {
  std::map<std::string, LinkedTicket> tickets;
  OpenLinks links;
  EXPECT_THAT(store_->ReadLinks([&](LinkReader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<LinkedTicket> found, reader.Tickets(Scope(), keys));
    for (const LinkedTicket& ticket : found) {
      tickets[ticket.ticket] = ticket;
      if (!ticket.over) links[ticket.ticket];
    }
    ASSIGN_OR_RETURN(const std::vector<Dependency> dependencies, reader.HangsOn(Scope(), keys));
    for (const Dependency& d : dependencies) {
      if (!tickets[d.ticket].over && !tickets[d.blocker].over) links[d.ticket].push_back(d.blocker);
    }
    return absl::OkStatus();
  }),
              IsOk());
  Picture picture;
  std::map<std::string, Root> roots;
  const std::map<std::string, RootPlace> places = FindRoots(links, {});
  for (const auto& [key, place] : places) {
    for (const std::string& root : place.roots) {
      const BlockedSum blocked = BlockedSum::Of(tickets[key]);
      picture.hanging.push_back({root, key, tickets[key].project, place.circle > 0, blocked});
      Root& sum = roots[root];
      sum.source = Scope().source;
      sum.ticket = root;
      sum.circle = places.at(root).circle;
      ++sum.tickets;
      sum.blocked.stuck += blocked.stuck;
      sum.blocked.offset_ms += blocked.offset_ms;
    }
  }
  std::sort(picture.hanging.begin(), picture.hanging.end(), Before);
  for (const auto& [key, root] : roots) picture.roots.push_back(root);
  return picture;
}

INSTANTIATE_TEST_SUITE_P(All, RootsTest, ::testing::ValuesIn(Backends()), BackendName);

}  // namespace clearway::testing
