#include "service/server/classifier_metrics.h"

#include <chrono>

namespace clearway {

Classification MeteredClassifier::Classify(const Ticket& ticket) const {
  const auto started = std::chrono::steady_clock::now();
  Classification classification = inner_.Classify(ticket);
  metrics_.Observe(classification, absl::FromChrono(std::chrono::steady_clock::now() - started));
  return classification;
}

}  // namespace clearway
