#include "service/classify/swappable_classifier.h"

#include <utility>

namespace clearway {

SwappableClassifier::SwappableClassifier(std::shared_ptr<const Classifier> classifier) {
  Swap(std::move(classifier));
}

void SwappableClassifier::Swap(std::shared_ptr<const Classifier> classifier) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    version_ = &*versions_.insert(classifier->model_version()).first;
    current_.swap(classifier);
  }
  // The old one goes here, without the lock: megabytes take a while to free.
}

std::shared_ptr<const Classifier> SwappableClassifier::Current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

const std::string& SwappableClassifier::model_version() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return *version_;
}

}  // namespace clearway
