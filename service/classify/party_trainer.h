#pragma once

#include "service/classify/model.h"
#include "service/classify/train_options.h"
#include "service/classify/training_example.h"

namespace clearway {

// `model` needs its verdict only: who must act is sought in the sentences that are loudest for it.
PartyModel TrainParty(const Examples& examples, const Model& model, const Tokenizer& tokenizer,
                      const TrainOptions& options);

}  // namespace clearway
