#pragma once

#include <string>

#include "service/classify/classifier.h"
#include "service/server/metrics.h"

namespace clearway {

// Counts and times what another classifier does. Thread-safe.
class MeteredClassifier final : public Classifier {
 public:
  // Both must outlive this.
  MeteredClassifier(const Classifier& inner, ClassificationMetrics& metrics)
      : inner_(inner), metrics_(metrics) {}

  Classification Classify(const Ticket& ticket) const override;
  const std::string& model_version() const override { return inner_.model_version(); }

 private:
  const Classifier& inner_;
  ClassificationMetrics& metrics_;
};

}  // namespace clearway
