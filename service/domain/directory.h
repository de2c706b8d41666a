#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace clearway {

// Somebody who can be turned to. All but the name may be empty: not known.
struct Contact {
  // As it is written in messages.
  std::string name;
  // How he is reached: "@dana", "dana@example.com".
  std::string handle;
  // In place of the ladder's.
  std::string channel;
  // "en" or "zh": of what is written to him, in place of the ticket's.
  std::string language;

  friend bool operator==(const Contact&, const Contact&) = default;
};

// A party that tickets wait for, and who stands behind it.
struct DirectoryParty {
  // Empty: of every tenant.
  std::string tenant;
  // Its name is the one form for all of its aliases.
  Contact self;
  std::vector<std::string> aliases;
  // Without a name: not known.
  Contact lead;
  Contact manager;
  Contact sponsor;

  friend bool operator==(const DirectoryParty&, const DirectoryParty&) = default;
};

// Who is who. Immutable but for Add; safe to be read by many threads.
class Directory {
 public:
  // Returns the words that a party of the same tenant has already, "" when it was taken in.
  std::string Add(DirectoryParty party);

  // The party of a tenant that goes by these words: its name, its handle or an alias as a whole,
  // compared as in party.h. Never a guess from a part. One of the tenant's own goes before one of
  // all tenants. nullptr: none; valid as long as this.
  const DirectoryParty* Find(absl::string_view tenant, absl::string_view words) const;

  size_t size() const { return parties_.size(); }

 private:
  std::vector<DirectoryParty> parties_;
  // By tenant and normalized words, into parties_.
  std::map<std::pair<std::string, std::string>, size_t> by_words_;
};

}  // namespace clearway
