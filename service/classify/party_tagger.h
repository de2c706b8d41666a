#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

#include "service/classify/document.h"
#include "service/classify/feature_index.h"
#include "service/classify/known_tokens.h"
#include "service/classify/party_features.h"
#include "service/classify/party_row.h"
#include "service/classify/role_table.h"

namespace clearway {

// Finds the words that name who must act, in two steps: every token is scored as a possible
// beginning, then the spans from the best beginnings compete with each other, and with nobody's
// being named, by what stands in and around them.
struct PartyModel {
  // Roles below kFirstSpanRole score beginnings, the others spans.
  RoleTable table;
  // What a beginning's score counts for in its spans' scores.
  double begin_weight = 0;
  // The score of nobody.
  double none = 0;

  // What Prepare makes of the table.
  struct Prepared {
    // By what KnownFeature::party says; the first one is all zeros.
    std::vector<PartyRow> rows;
    // What is known of positions outside a field.
    PartyRow outside;
    // What no text changes, of beginnings and of spans.
    std::array<int32_t, PartyContext::kShapesOfBeginning> beginnings{};
    std::array<int8_t, PartyContext::kShapesOfBeginning> span_beginnings{};
    std::array<int8_t, PartyContext::kShapesOfSpan> spans{};
    std::array<int8_t, PartyContext::kPlaces> places{};
    std::array<int8_t, PartyContext::kPlaces> span_places{};
  };
  Prepared prepared;
  // Once the table is there. `order`: numbers of its rows in the order in which they are wanted.
  void Prepare(const std::vector<uint32_t>& order);
};

// Beginnings that are followed up.
inline constexpr size_t kMaxBeginnings = 8;

struct Party {
  // As it stands in the ticket; empty where nothing is found.
  std::string text;
  // Of being the right one, 0 to 1.
  double probability = 0;
};

// The words within `sentences` (of the document, by number, the loudest first) that most likely
// name who must act, where the verdict has this reason.
Party FindParty(const PartyModel& model, const FeatureIndex& index, const Document& document,
                const KnownTokens& known, const std::pmr::vector<uint32_t>& sentences,
                Reason reason);

struct PartyBeginning {
  double score = 0;
  // Position of its sentence in `sentences`.
  size_t sentence = 0;
  uint32_t token = 0;
};

// The likeliest beginnings in the same, at most kMaxBeginnings.
std::pmr::vector<PartyBeginning> LikelyBeginnings(
    const PartyModel& model, const FeatureIndex& index, const Document& document,
    const KnownTokens& known, const std::pmr::vector<uint32_t>& sentences, Reason reason);

}  // namespace clearway
