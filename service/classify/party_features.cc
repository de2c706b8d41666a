#include "service/classify/party_features.h"

#include <algorithm>

namespace clearway {

PartyContext::PartyContext(const Document& document, const Sentence& sentence, size_t rank,
                           Reason reason)
    : document_(&document),
      tokens_(document.tokens.data()),
      sentence_(&sentence),
      field_(&FieldOf(document, sentence)),
      rank_(std::min(rank, kMaxRank)),
      of_reason_(MixHash(static_cast<uint64_t>(reason), 0x66)) {}

}  // namespace clearway
