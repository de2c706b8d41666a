#pragma once

#include <cstddef>

#include "service/classify/document.h"
#include "service/classify/evidence.h"
#include "service/classify/model.h"
#include "service/classify/tokenizer.h"
#include "service/domain/classification.h"
#include "service/domain/ticket.h"

namespace clearway {

// Who must act is named where the trouble is told: in how many of the loudest sentences it is
// sought.
inline constexpr size_t kPartySentences = kMostLoudest;

// Everything a model says of a ticket: verdict, evidence, who must act. `document` is the ticket's.
Classification ClassifyDocument(const Model& model, const Tokenizer& tokenizer,
                                const Ticket& ticket, const Document& document);

}  // namespace clearway
