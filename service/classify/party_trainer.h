#pragma once

#include "absl/status/status.h"

#include "service/classify/model.h"
#include "service/classify/train_options.h"
#include "service/classify/training_example.h"

namespace clearway {

// Adds the party to `model`, which has all the rest: who must act is sought in the sentences that
// are loudest for its verdict. Leaves its features indexed; DATA_LOSS where they cannot be.
absl::Status TrainParty(const Examples& examples, const Tokenizer& tokenizer,
                        const TrainOptions& options, Model* model);

}  // namespace clearway
