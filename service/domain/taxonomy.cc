#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

constexpr std::array<absl::string_view, kCategoryCount> kCategoryNames = {
    "", "NOT_BLOCKED", "TECHNICAL", "COMMUNICATION", "RESOURCE", "CROSS_TEAM", "NEEDS_REVIEW"};

constexpr std::array<absl::string_view, kReasonCount> kReasonNames = {
    "",
    "DEFECT",
    "BUILD_OR_TEST",
    "INFRASTRUCTURE",
    "TECHNICAL_DEPENDENCY",
    "DESIGN_UNKNOWN",
    "PERFORMANCE_OR_DATA",
    "SECURITY_FIX",
    "AWAITING_RESPONSE",
    "UNCLEAR_REQUIREMENTS",
    "PENDING_DECISION",
    "CONFLICTING_EXPECTATIONS",
    "VALUE_NOT_VISIBLE",
    "STAFFING",
    "SKILL_OR_KEY_PERSON",
    "BUDGET_OR_PROCUREMENT",
    "ACCESS_OR_EQUIPMENT",
    "TIME_OR_SCHEDULE",
    "TEAM_DEPENDENCY",
    "APPROVAL_OR_SIGN_OFF",
    "PRIORITY_CONFLICT",
    "OWNERSHIP_UNCLEAR",
    "BUY_IN_MISSING",
    "SPONSOR_MISSING",
    "VENDOR_OR_PARTNER",
};

}  // namespace

absl::string_view CategoryName(Category category) {
  return kCategoryNames[static_cast<size_t>(category)];
}

absl::string_view ReasonName(Reason reason) { return kReasonNames[static_cast<size_t>(reason)]; }

std::optional<Category> ParseCategory(absl::string_view name) {
  for (size_t i = 0; i < kCategoryNames.size(); ++i) {
    if (kCategoryNames[i] == name) return static_cast<Category>(i);
  }
  return std::nullopt;
}

std::optional<Reason> ParseReason(absl::string_view name) {
  for (size_t i = 0; i < kReasonNames.size(); ++i) {
    if (kReasonNames[i] == name) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

}  // namespace clearway
