#include <array>
#include <cstddef>
#include <memory_resource>
#include <utility>

#include "clearway_embed/built_in_model.h"

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/classify/document.h"
#include "service/classify/model.h"
#include "service/classify/tokenizer.h"
#include "service/classify/verdict.h"

namespace clearway {
namespace {

class LinearClassifier final : public Classifier {
 public:
  explicit LinearClassifier(Model model) : model_(std::move(model)) {}

  Classification Classify(const Ticket& ticket) const override {
    // Enough for most tickets, so that the heap is left alone.
    std::array<std::byte, size_t{48} << 10> room;
    std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
    return ClassifyDocument(model_, tokenizer_, ticket, ReadDocument(ticket, tokenizer_, &memory));
  }

  const std::string& model_version() const override { return model_.version; }

 private:
  const Model model_;
  const Tokenizer tokenizer_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Classifier>> Classifier::FromModel(absl::string_view bytes) {
  ASSIGN_OR_RETURN(Model model, ParseModel(bytes));
  return std::make_shared<const LinearClassifier>(std::move(model));
}

absl::StatusOr<std::shared_ptr<const Classifier>> Classifier::BuiltIn() {
  return FromModel(embedded::built_in_model());
}

}  // namespace clearway
