#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"

#include "service/classify/classifier.h"

namespace clearway::testing {

// Finds "[legal]", "[team NAME]", "[build]" or "[unsure]" in the ticket's latest words: those of
// its last comment, else its description. Anything else is not blocked. Says nothing about real
// classification.
class FakeClassifier final : public Classifier {
 public:
  explicit FakeClassifier(std::string version = "fake-1") : model_version_(std::move(version)) {}

  Classification Classify(const Ticket& ticket) const override {
    const bool commented = !ticket.comments.empty();
    const std::string& words = commented ? ticket.comments.back().body : ticket.description;
    Classification verdict;
    verdict.category = Category::kNotBlocked;
    verdict.confidence = 0.9;
    verdict.model_version = model_version_;
    verdict.language = "en";
    if (absl::StrContains(words, "[legal]")) {
      verdict.category = Category::kCrossTeam;
      verdict.reason = Reason::kApprovalOrSignOff;
      verdict.waiting_on = "legal";
      const size_t begin = words.find("[legal]");
      verdict.evidence.push_back(
          {commented ? "comments[" + std::to_string(ticket.comments.size() - 1) + "]"
                     : "description",
           static_cast<int>(begin), static_cast<int>(begin) + 7, "[legal]", 2.5});
    } else if (const size_t team = words.find("[team "); team != std::string::npos) {
      verdict.category = Category::kCrossTeam;
      verdict.reason = Reason::kTeamDependency;
      verdict.waiting_on = words.substr(team + 1, words.find(']', team) - team - 1);
    } else if (absl::StrContains(words, "[build]")) {
      verdict.category = Category::kTechnical;
      verdict.reason = Reason::kBuildOrTest;
    } else if (absl::StrContains(words, "[unsure]")) {
      verdict.category = Category::kNeedsReview;
      verdict.confidence = 0.3;
    }
    return verdict;
  }
  const std::string& model_version() const override { return model_version_; }

 private:
  const std::string model_version_;
};

}  // namespace clearway::testing
