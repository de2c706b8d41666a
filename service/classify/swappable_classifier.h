#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "service/classify/classifier.h"

namespace clearway {

// Hands every ticket to the classifier that is in use, which can be exchanged meanwhile. A ticket
// is judged to its end by the one it was begun with. Thread-safe.
class SwappableClassifier final : public Classifier {
 public:
  // Neither here nor in Swap may it be null.
  explicit SwappableClassifier(std::shared_ptr<const Classifier> classifier);

  void Swap(std::shared_ptr<const Classifier> classifier);

  // The one in use.
  std::shared_ptr<const Classifier> Current() const;

  Classification Classify(const Ticket& ticket) const override {
    return Current()->Classify(ticket);
  }
  // Lives as long as this, whatever is swapped in.
  const std::string& model_version() const override;

 private:
  // Held for the copy of a pointer. Not std::atomic<shared_ptr>: the library's own lock, and one
  // that the thread sanitizer cannot follow.
  mutable std::mutex mutex_;
  std::shared_ptr<const Classifier> current_;
  // Every version there ever was, for callers hold references to them.
  std::set<std::string> versions_;
  const std::string* version_ = nullptr;
};

}  // namespace clearway
