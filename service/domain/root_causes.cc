#include "service/domain/root_causes.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace clearway {
namespace {

// Circles of a graph, by Tarjan's algorithm; what a circle hangs on comes before it. A ticket that
// is in none is a circle of one. Without recursion: chains may be long.
class Circles {
 public:
  // `next[i]`: the places of what ticket i hangs on.
  explicit Circles(const std::vector<std::vector<size_t>>& next)
      : next_(next), visits_(next.size()) {
    for (size_t i = 0; i < next.size(); ++i) {
      if (visits_[i].number == 0) Visit(i);
    }
  }

  const std::vector<std::vector<size_t>>& all() const { return all_; }
  // Which circle a ticket is in.
  size_t Of(size_t ticket) const { return visits_[ticket].circle; }

 private:
  struct Mark {
    size_t number = 0;
    size_t low = 0;
    bool open = false;
    size_t circle = 0;
  };
  struct Frame {
    size_t ticket;
    size_t edge;
  };

  void Enter(size_t ticket) {
    visits_[ticket].number = visits_[ticket].low = ++numbers_;
    visits_[ticket].open = true;
    pending_.push_back(ticket);
    frames_.push_back({ticket, 0});
  }

  void Visit(size_t first) {
    Enter(first);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const size_t ticket = frame.ticket;
      if (frame.edge < next_[ticket].size()) {
        const size_t below = next_[ticket][frame.edge++];
        if (visits_[below].number == 0) {
          Enter(below);
        } else if (visits_[below].open) {
          visits_[ticket].low = std::min(visits_[ticket].low, visits_[below].number);
        }
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) {
        size_t& low = visits_[frames_.back().ticket].low;
        low = std::min(low, visits_[ticket].low);
      }
      if (visits_[ticket].low == visits_[ticket].number) Close(ticket);
    }
  }

  void Close(size_t first) {
    std::vector<size_t> members;
    for (;;) {
      const size_t member = pending_.back();
      pending_.pop_back();
      visits_[member].open = false;
      visits_[member].circle = all_.size();
      members.push_back(member);
      if (member == first) break;
    }
    all_.push_back(std::move(members));
  }

  const std::vector<std::vector<size_t>>& next_;
  std::vector<Mark> visits_;
  std::vector<size_t> pending_;
  std::vector<Frame> frames_;
  std::vector<std::vector<size_t>> all_;
  size_t numbers_ = 0;
};

// Keys as places, in the order of the keys.
class Places {
 public:
  template <typename Map>
  explicit Places(const Map& map) {
    for (const auto& [key, value] : map) {
      places_.emplace(key, keys_.size());
      keys_.push_back(&key);
    }
  }
  const std::string& Key(size_t place) const { return *keys_[place]; }
  std::optional<size_t> Find(const std::string& key) const {
    const auto found = places_.find(key);
    return found == places_.end() ? std::nullopt : std::optional<size_t>(found->second);
  }
  std::vector<size_t> Among(const std::vector<std::string>& keys) const {
    std::vector<size_t> places;
    for (const std::string& key : keys) {
      if (const std::optional<size_t> place = Find(key)) places.push_back(*place);
    }
    return places;
  }

 private:
  std::vector<const std::string*> keys_;
  absl::flat_hash_map<std::string, size_t> places_;
};

// What hangs on a ticket of that place hangs on these.
void AddRootsOf(const std::string& key, const RootPlace& place, std::set<std::string>* roots) {
  if (place.roots.empty()) roots->insert(key);
  roots->insert(place.roots.begin(), place.roots.end());
}

void CutToMost(std::set<std::string>* roots) {
  while (roots->size() > kMaxRoots) roots->erase(std::prev(roots->end()));
}

// Who speaks for each circle: its stuck ticket of the smallest key, unless something below it is
// stuck.
std::vector<std::optional<size_t>> Speakers(const Circles& circles,
                                            const std::vector<std::vector<size_t>>& next,
                                            const std::vector<bool>& stuck) {
  std::vector<std::optional<size_t>> speakers(circles.all().size());
  // Whether it or something below it is stuck. What is below comes first.
  std::vector<bool> heard(circles.all().size());
  for (size_t i = 0; i < circles.all().size(); ++i) {
    bool heard_below = false;
    std::optional<size_t> first;
    for (const size_t member : circles.all()[i]) {
      if (stuck[member] && (!first.has_value() || member < *first)) first = member;
      for (const size_t other : next[member]) {
        if (circles.Of(other) != i && heard[circles.Of(other)]) heard_below = true;
      }
    }
    if (!heard_below) speakers[i] = first;
    heard[i] = heard_below || first.has_value();
  }
  return speakers;
}

// What hangs on the circle hangs on these: what its tickets hang on outside of it.
std::set<std::string> RootsBelow(const std::vector<size_t>& circle, const OpenLinks& links,
                                 const Places& places, const Circles& circles,
                                 const std::map<std::string, RootPlace>& found,
                                 const std::map<std::string, RootPlace>& settled) {
  std::set<std::string> roots;
  for (const size_t member : circle) {
    for (const std::string& below : links.at(places.Key(member))) {
      const std::optional<size_t> place = places.Find(below);
      if (place.has_value() && circles.Of(*place) == circles.Of(member)) continue;
      const std::map<std::string, RootPlace>& known = place.has_value() ? found : settled;
      const auto there = known.find(below);
      AddRootsOf(below, there == known.end() ? RootPlace() : there->second, &roots);
      CutToMost(&roots);
    }
  }
  return roots;
}

}  // namespace

std::map<std::string, RootPlace> FindRoots(const OpenLinks& links,
                                           const std::map<std::string, RootPlace>& settled) {
  const Places places(links);
  std::vector<std::vector<size_t>> next;
  for (const auto& [key, hangs_on] : links) next.push_back(places.Among(hangs_on));
  const Circles circles(next);
  std::map<std::string, RootPlace> found;
  for (const std::vector<size_t>& members : circles.all()) {
    const std::set<std::string> roots = RootsBelow(members, links, places, circles, found, settled);
    RootPlace shared{{roots.begin(), roots.end()}, 0};
    if (members.size() > 1 && roots.empty()) {
      shared.circle = static_cast<int>(members.size());
      shared.roots = {places.Key(*std::min_element(members.begin(), members.end()))};
    }
    for (const size_t member : members) {
      const std::string& key = places.Key(member);
      RootPlace& place = found[key] = shared;
      if (place.circle > 0 && place.roots.front() == key) place.roots.clear();
    }
  }
  return found;
}

std::optional<std::string> ToldInstead(const std::map<std::string, BelowTicket>& below,
                                       const std::string& ticket) {
  const Places places(below);
  std::vector<std::vector<size_t>> next;
  std::vector<bool> stuck;
  for (const auto& [key, node] : below) {
    next.push_back(places.Among(node.hangs_on));
    stuck.push_back(node.stuck);
  }
  const std::optional<size_t> start = places.Find(ticket);
  if (!start.has_value()) return std::nullopt;
  const Circles circles(next);
  const std::vector<std::optional<size_t>> speakers = Speakers(circles, next, stuck);
  std::vector<bool> seen(below.size());
  std::vector<size_t> level = {*start};
  seen[*start] = true;
  while (!level.empty()) {
    // The smallest key first.
    std::sort(level.begin(), level.end());
    std::vector<size_t> following;
    for (const size_t place : level) {
      const std::optional<size_t> speaks = speakers[circles.Of(place)];
      if (speaks == start) return std::nullopt;
      if (speaks.has_value()) return places.Key(*speaks);
      for (const size_t other : next[place]) {
        if (!seen[other]) following.push_back(other);
        seen[other] = true;
      }
    }
    level = std::move(following);
  }
  return std::nullopt;
}

}  // namespace clearway
