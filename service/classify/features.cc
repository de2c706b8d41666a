#include "service/classify/features.h"

#include <algorithm>
#include <array>

namespace clearway {
namespace {

constexpr size_t kMaxValues = 50;
constexpr size_t kMaxValueBytes = 256;

size_t GroupOf(const Document& document, const Sentence& sentence) {
  switch (RegionQuarters(sentence.region)) {
    case kWholeWeight:
      return IsLastWord(document, sentence) ? ReadingOrder::kLastComment : ReadingOrder::kProse;
    case 2:
      return ReadingOrder::kHalf;
    default:
      return ReadingOrder::kQuarter;
  }
}

}  // namespace

ReadingOrder OrderSentences(const Document& document) {
  ReadingOrder order(document.memory());
  std::array<size_t, ReadingOrder::kGroups> next{};
  for (const Sentence& sentence : document.sentences) ++next[GroupOf(document, sentence)];
  size_t end = 0;
  for (size_t group = 0; group < ReadingOrder::kGroups; ++group) {
    const size_t size = next[group];
    next[group] = end;
    end += size;
    order.ends[group] = end;
  }
  order.sentences.resize(document.sentences.size());
  for (size_t s = document.sentences.size(); s-- > 0;) {
    const size_t group = GroupOf(document, document.sentences[s]);
    order.sentences[next[group]++] = static_cast<uint32_t>(s);
  }
  return order;
}

std::pmr::vector<uint64_t> StructureFeatures(const Ticket& ticket, const Tokenizer& tokenizer,
                                             std::pmr::memory_resource* memory) {
  constexpr uint64_t kStatus = 11;
  constexpr uint64_t kLabel = 12;
  constexpr uint64_t kLink = 13;
  constexpr uint64_t kFlagged = 14;
  constexpr uint64_t kDone = 15;
  constexpr uint64_t kComments = 16;
  std::pmr::vector<uint64_t> hashes(memory);
  std::pmr::vector<Token> tokens(memory);
  std::pmr::vector<uint32_t> ends(memory);
  constexpr size_t kUsual = 16;
  hashes.reserve(kUsual);
  tokens.reserve(kUsual);
  ends.reserve(kUsual);
  const auto words = [&](absl::string_view text, uint64_t kind) {
    tokens.clear();
    ends.clear();
    tokenizer.Tokenize(text.substr(0, kMaxValueBytes), &tokens, &ends);
    uint64_t all = kind;
    for (const Token& token : tokens) {
      hashes.push_back(MixHash(token.hash, kind));
      all = MixHash(all, token.hash);
    }
    if (tokens.size() > 1) hashes.push_back(all);
  };
  words(ticket.status, kStatus);
  for (size_t i = 0; i < std::min(ticket.labels.size(), kMaxValues); ++i) {
    words(ticket.labels[i], kLabel);
  }
  for (size_t i = 0; i < std::min(ticket.links.size(), kMaxValues); ++i) {
    words(ticket.links[i].type, kLink);
  }
  if (ticket.flagged) hashes.push_back(MixHash(kFlagged, 1));
  if (ticket.done) hashes.push_back(MixHash(kDone, 1));
  hashes.push_back(MixHash(kComments, std::min<uint64_t>(ticket.comments.size(), 4)));
  return hashes;
}

}  // namespace clearway
