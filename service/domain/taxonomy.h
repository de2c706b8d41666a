#pragma once

#include <array>
#include <optional>

#include "absl/strings/string_view.h"

namespace clearway {

// What kind of thing would unblock a ticket. Same numbers as clearway.v1.Category.
enum class Category {
  kUnspecified = 0,
  kNotBlocked = 1,
  kTechnical = 2,
  kCommunication = 3,
  kResource = 4,
  kCrossTeam = 5,
  kNeedsReview = 6,
};

// Why it is stuck. Same numbers as clearway.v1.Reason.
enum class Reason {
  kUnspecified = 0,
  kDefect = 1,
  kBuildOrTest,
  kInfrastructure,
  kTechnicalDependency,
  kDesignUnknown,
  kPerformanceOrData,
  kSecurityFix,
  kAwaitingResponse,
  kUnclearRequirements,
  kPendingDecision,
  kConflictingExpectations,
  kValueNotVisible,
  kStaffing,
  kSkillOrKeyPerson,
  kBudgetOrProcurement,
  kAccessOrEquipment,
  kTimeOrSchedule,
  kTeamDependency,
  kApprovalOrSignOff,
  kPriorityConflict,
  kOwnershipUnclear,
  kBuyInMissing,
  kSponsorMissing,
  kVendorOrPartner,
};

inline constexpr int kCategoryCount = 7;
inline constexpr int kReasonCount = 25;

// The five categories a ticket can be in, in the taxonomy's order.
inline constexpr std::array<Category, 5> kVerdictCategories = {
    Category::kNotBlocked, Category::kTechnical, Category::kCommunication, Category::kResource,
    Category::kCrossTeam};

// Names as in the taxonomy ("CROSS_TEAM"); "" for kUnspecified.
absl::string_view CategoryName(Category category);
absl::string_view ReasonName(Reason reason);

// The other way round; nullopt for a name that is not in the taxonomy. "" is kUnspecified.
std::optional<Category> ParseCategory(absl::string_view name);
std::optional<Reason> ParseReason(absl::string_view name);

// The category a reason belongs to; kNotBlocked for kUnspecified.
constexpr Category CategoryOf(Reason reason) {
  if (reason == Reason::kUnspecified) return Category::kNotBlocked;
  if (reason <= Reason::kSecurityFix) return Category::kTechnical;
  if (reason <= Reason::kValueNotVisible) return Category::kCommunication;
  if (reason <= Reason::kTimeOrSchedule) return Category::kResource;
  return Category::kCrossTeam;
}

// COMMUNICATION, RESOURCE and CROSS_TEAM.
constexpr bool IsNonTechnical(Category category) {
  return category == Category::kCommunication || category == Category::kResource ||
         category == Category::kCrossTeam;
}

// True for the four categories that mean the ticket is stuck.
constexpr bool IsBlocked(Category category) {
  return category == Category::kTechnical || IsNonTechnical(category);
}

}  // namespace clearway
