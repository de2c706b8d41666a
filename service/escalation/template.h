#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// What the texts of a playbook can speak of, by the names of the members in braces: "{party}".
// Empty: not known.
struct TemplateFacts {
  std::string ticket;
  std::string title;
  std::string project;
  std::string party;
  std::string reason;
  std::string since;
  std::string age;
  // Who cannot go on.
  std::string waiter;
  // What hangs on it, and for how long that has been blocked.
  std::string dependants;
  std::string dependants_age;
  // Of a working day, and so far.
  std::string daily_cost;
  std::string cost;
  // The ticket's telling words.
  std::string quote;
  // The day by which an answer is asked for.
  std::string by;
  // Whom the ladder turns to next, and when.
  std::string next;
  std::string next_date;
  // Whole texts of SharedTexts.
  std::string hello;
  std::string effect;
  std::string situation;
  // Of whom the message is to.
  std::string name;
  // Of a message about several tickets: how many, how many beyond the list, the one to begin with.
  std::string count;
  std::string more;
  std::string first;
};

// Where a text stands, which says what facts it may hold.
enum class TextPlace {
  // Of a playbook.
  kPlaybook,
  // SharedTexts::effect, situation and next_rung.
  kShared,
  // SharedTexts::hello_name.
  kHello,
  // What SharedTexts has on groups.
  kGroup,
};

// INVALID_ARGUMENT, naming the brace, unless every brace in `text` belongs to a fact that may stand
// there.
absl::Status CheckTemplate(absl::string_view text, TextPlace place = TextPlace::kPlaybook);

// A text, taken apart once so that rendering it is cheap. Immutable, so thread-safe.
class Template {
 public:
  // Renders to nothing.
  Template() = default;
  // Of a text that has passed CheckTemplate; braces that it would refuse stay.
  explicit Template(absl::string_view text);

  // Puts the facts in. They are inserted as they are: braces inside them mean nothing. A sentence
  // with a fact that is not known is left out whole, and so is a line of which nothing stays.
  // Sentences end with one of ".?!" before white space that no small letter follows, with one of
  // "。？！", and with their line.
  std::string Render(const TemplateFacts& facts) const;

 private:
  // Words, and the fact behind them; null: none.
  struct Piece {
    std::string words;
    std::string TemplateFacts::*fact = nullptr;
  };
  using Sentence = std::vector<Piece>;

  static Sentence TakeApart(absl::string_view sentence);
  static void Append(const Sentence& sentence, const TemplateFacts& facts, std::string* out);

  // By line; a blank line has none.
  std::vector<std::vector<Sentence>> lines_;
};

}  // namespace clearway
