#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "service/classify/regions.h"
#include "service/classify/tokenizer.h"
#include "service/domain/ticket.h"

namespace clearway {

// A sentence or line: tokens [begin, end) of its document, at least one.
struct Sentence {
  uint32_t begin = 0;
  uint32_t end = 0;
  // Number of its field.
  uint32_t field = 0;
  Region region = Region::kProse;
};

// One text of the ticket.
struct Field {
  // The last comment is the last that a person wrote.
  enum class Kind : uint8_t { kTitle, kDescription, kComment, kLastComment };

  Kind kind = Kind::kTitle;
  // Of a comment: its position in the ticket.
  uint32_t comment = 0;
  // What is read of the text; offsets count from the text's own beginning.
  absl::string_view text;
  Encoding encoding = Encoding::kAscii;
  // Tokens [begin, end) and sentences [first_sentence, last_sentence) of the document.
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t first_sentence = 0;
  uint32_t last_sentence = 0;

  // "title", "description" or "comments[3]".
  std::string name() const;
};

// A ticket cut into fields, sentences and tokens. Views into the ticket, which must outlive it.
struct Document {
  Document() = default;
  // Lies in `memory`, which must outlive it, as does what is worked out from it.
  explicit Document(std::pmr::memory_resource* memory)
      : tokens(memory), sentences(memory), fields(memory) {}

  std::pmr::memory_resource* memory() const { return tokens.get_allocator().resource(); }

  std::pmr::vector<Token> tokens;
  std::pmr::vector<Sentence> sentences;
  std::pmr::vector<Field> fields;
};

// Of a longer text this many bytes are read, and of more comments the latest: what decides stands
// there, and time and memory stay bounded.
inline constexpr size_t kMaxFieldBytes = size_t{64} << 10;
inline constexpr size_t kMaxComments = 100;
inline constexpr size_t kMaxCommentBytes = size_t{384} << 10;

Document ReadDocument(const Ticket& ticket, const Tokenizer& tokenizer,
                      std::pmr::memory_resource* memory = std::pmr::get_default_resource());

inline const Field& FieldOf(const Document& document, const Sentence& sentence) {
  return document.fields[sentence.field];
}

// The words of the sentence as they stand in the ticket.
absl::string_view TextOf(const Document& document, const Sentence& sentence);

// "zh" where ideographs prevail, "en" where Latin words do, else "und".
std::string LanguageOf(const Document& document);

}  // namespace clearway
