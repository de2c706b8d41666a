#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace clearway {

// The rules of roots and leaves. A ticket is open until it is done or deleted; one that nobody has
// told us about is held to be open. Of open tickets alone is spoken here: a link from or to one
// that is not open holds up nobody.
//
// A root is a ticket on which others hang, through however many links, and which hangs on none.
// Tickets that hang on one another in a circle count as one; where the circle hangs on nothing else
// it is a root, and goes by the smallest of its keys.

// Most roots that one ticket counts for: where it hangs on more, those with the smallest keys.
inline constexpr size_t kMaxRoots = 16;

// Where one ticket stands.
struct RootPlace {
  // The roots it hangs on, in order; empty for one that hangs on nothing, and for the ticket that a
  // circle goes by.
  std::vector<std::string> roots;
  // How many tickets make up the circle that is a root, the ticket among them; 0: it is in none.
  int circle = 0;

  friend bool operator==(const RootPlace&, const RootPlace&) = default;
};

// Key → the keys of the open tickets that it hangs on straight away.
using OpenLinks = std::map<std::string, std::vector<std::string>>;

// Works out the places of all tickets of `links`. What they hang on and is not among them must be
// in `settled`, and must not hang on any of them; one missing there hangs on nothing.
std::map<std::string, RootPlace> FindRoots(const OpenLinks& links,
                                           const std::map<std::string, RootPlace>& settled);

// An open ticket below another one.
struct BelowTicket {
  std::vector<std::string> hangs_on;
  // It has a blocker of its own that lasts, so that its own ladder is climbed.
  bool stuck = false;
};

// The ticket that is told about in the place of `ticket`, so that nobody is pressed who waits
// himself: one below it that is stuck, with nothing stuck below that one in turn, the nearest, of
// several the one of the smallest key. In a circle it is the stuck one of the smallest key.
// nullopt: nothing below it is stuck, and it speaks for itself. `below` holds the ticket and what
// it hangs on, as far as that was looked at.
std::optional<std::string> ToldInstead(const std::map<std::string, BelowTicket>& below,
                                       const std::string& ticket);

}  // namespace clearway
