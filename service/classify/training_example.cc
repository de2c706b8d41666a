#include "service/classify/training_example.h"

#include "service/classify/features.h"

namespace clearway {

Example ReadExample(const LabelledRecord& record, const Tokenizer& tokenizer) {
  Example example;
  example.record = &record;
  example.document = ReadDocument(record.ticket, tokenizer);
  example.structure = StructureFeatures(record.ticket, tokenizer);
  const Document& document = example.document;
  for (const uint32_t s : OrderSentences(document).sentences) {
    const Sentence& sentence = document.sentences[s];
    const Field& field = FieldOf(document, sentence);
    const float share = static_cast<float>(RegionQuarters(sentence.region)) / kWholeWeight;
    const bool last = IsLastWord(document, sentence);
    for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
      const Token& token = document.tokens[i];
      example.words.push_back({token.hash, token.StemHash(), share, last});
      if (i == field.begin) continue;
      example.pairs.push_back({PairHash(document.tokens[i - 1].hash, token.hash), 0, share, last});
    }
  }
  return example;
}

}  // namespace clearway
