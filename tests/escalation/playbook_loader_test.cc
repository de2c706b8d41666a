#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/escalation/policy_loader.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The texts of one playbook, as YAML values by key; "" leaves the key out.
using Entry = std::map<std::string, std::string>;

Entry GoodEntry(absl::string_view reason, absl::string_view language) {
  return {{"reason", std::string(reason)},
          {"language", std::string(language)},
          {"default_party", "the desk"},
          {"steps", "['ask {party}', 'note it on {ticket}']"},
          {"nudge", "'{title} waits for {age}'"},
          {"escalation", "'{project} waits since {since}'"},
          {"rationale", "because"}};
}

Entry GoodRoles(absl::string_view language) {
  return {{"language", std::string(language)},
          {"team_lead", "the lead"},
          {"manager", "the manager"},
          {"sponsor", "the sponsor"}};
}

std::string Item(const Entry& entry) {
  std::string yaml;
  for (const auto& [key, value] : entry) {
    if (value.empty()) continue;
    absl::StrAppend(&yaml, yaml.empty() ? "  - " : "    ", key, ": ", value, "\n");
  }
  return yaml;
}

// A complete file in which `change` has altered one playbook and `change_roles` the English roles.
std::string File(
    const std::function<void(Entry*)>& change = [](Entry*) {},
    const std::function<void(Entry*)>& change_roles = [](Entry*) {}) {
  std::string yaml = "playbooks:\n";
  for (int i = 1; i < kReasonCount; ++i) {
    for (const char* language : {"en", "zh"}) {
      Entry entry = GoodEntry(ReasonName(static_cast<Reason>(i)), language);
      if (i == 1 && entry["language"] == "en") change(&entry);
      absl::StrAppend(&yaml, Item(entry));
    }
  }
  Entry roles = GoodRoles("en");
  change_roles(&roles);
  absl::StrAppend(&yaml, "roles:\n", Item(roles), Item(GoodRoles("zh")));
  return yaml;
}

TEST(PlaybookLoaderTest, ReadsEveryPlaybookAndTheRoles) {
  const absl::StatusOr<Playbooks> playbooks = ParsePlaybooks(File(), "b.yaml");
  ASSERT_THAT(playbooks, IsOk());
  EXPECT_EQ(playbooks->by_reason.size(), 2u * (kReasonCount - 1));
  const Playbook& playbook = playbooks->by_reason.at({Reason::kDefect, "zh"});
  EXPECT_EQ(playbook.default_party, "the desk");
  EXPECT_THAT(playbook.steps, ElementsAre("ask {party}", "note it on {ticket}"));
  EXPECT_EQ(playbook.nudge, "{title} waits for {age}");
  EXPECT_EQ(playbook.escalation, "{project} waits since {since}");
  EXPECT_EQ(playbook.rationale, "because");
  EXPECT_EQ(playbooks->roles.at("en").team_lead, "the lead");
  EXPECT_EQ(playbooks->roles.at("en").manager, "the manager");
  EXPECT_EQ(playbooks->roles.at("zh").sponsor, "the sponsor");
}

TEST(PlaybookLoaderTest, ReadsFiles) {
  const std::string path = ::testing::TempDir() + "playbook_loader_test.yaml";
  std::ofstream(path) << File();
  EXPECT_THAT(LoadPlaybooks(path), IsOk());
  EXPECT_THAT(LoadPlaybooks(path + ".none"), StatusIs(absl::StatusCode::kNotFound));
}

struct BadPlaybookCase {
  const char* name;
  const char* key;
  const char* value;
  const char* where;
};

class BadPlaybookTest : public ::testing::TestWithParam<BadPlaybookCase> {};

TEST_P(BadPlaybookTest, IsRefusedWithPlace) {
  const std::string yaml = File([](Entry* entry) { (*entry)[GetParam().key] = GetParam().value; });
  EXPECT_THAT(ParsePlaybooks(yaml, "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("b.yaml:"), HasSubstr(GetParam().where))));
}

constexpr BadPlaybookCase kBadPlaybooks[] = {
    {"NoReason", "reason", "", "playbooks[0].reason"},
    {"UnknownReason", "reason", "BAD_WEATHER", "BAD_WEATHER"},
    {"NoLanguage", "language", "", "playbooks[0].language"},
    {"UnknownLanguage", "language", "fr", "\"fr\""},
    {"NoParty", "default_party", "", "playbooks[0].default_party"},
    {"BlankParty", "default_party", "'  '", "playbooks[0].default_party"},
    {"PartyWithBraces", "default_party", "'{party}'", "playbooks[0].default_party"},
    {"NoSteps", "steps", "", "playbooks[0].steps"},
    {"OneStep", "steps", "[one]", "playbooks[0].steps"},
    {"SevenSteps", "steps", "[a, b, c, d, e, f, g]", "playbooks[0].steps"},
    {"EmptyStep", "steps", "[a, '']", "playbooks[0].steps[1]"},
    {"UnknownBraceInStep", "steps", "[a, 'ask {boss}']", "playbooks[0].steps[1]"},
    {"NoNudge", "nudge", "", "playbooks[0].nudge"},
    {"UnknownBraceInNudge", "nudge", "'{who}'", "{who}"},
    {"NoEscalation", "escalation", "", "playbooks[0].escalation"},
    {"UnknownBraceInEscalation", "escalation", "'open {'", "playbooks[0].escalation"},
    {"NoRationale", "rationale", "", "playbooks[0].rationale"},
    {"UnknownBraceInRationale", "rationale", "'{}'", "playbooks[0].rationale"},
    {"UnknownKey", "tone", "kind", "tone"},
};

INSTANTIATE_TEST_SUITE_P(All, BadPlaybookTest, ::testing::ValuesIn(kBadPlaybooks),
                         [](const auto& test) { return test.param.name; });

TEST(PlaybookLoaderTest, TheLineOfAFaultIsTold) {
  const std::string yaml = File([](Entry* entry) { (*entry)["nudge"] = "'{who}'"; });
  const size_t at = yaml.find("nudge");
  const auto line = 1 + std::count(yaml.begin(), yaml.begin() + static_cast<long>(at), '\n');
  EXPECT_THAT(ParsePlaybooks(yaml, "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith(absl::StrCat("b.yaml:", line, ": playbooks[0].nudge "))));
}

TEST(PlaybookLoaderTest, AMissingPlaybookIsNamed) {
  const absl::StatusOr<Playbooks> playbooks =
      ParsePlaybooks(File([](Entry* entry) { entry->clear(); }), "b.yaml");
  EXPECT_THAT(playbooks, StatusIs(absl::StatusCode::kInvalidArgument,
                                  AllOf(HasSubstr("DEFECT (en)"), Not(HasSubstr("DEFECT (zh)")))));
}

TEST(PlaybookLoaderTest, ASecondPlaybookForTheSameIsRefused) {
  const std::string yaml = File([](Entry* entry) { (*entry)["language"] = "zh"; });
  EXPECT_THAT(ParsePlaybooks(yaml, "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("playbooks[1]")));
}

TEST(PlaybookLoaderTest, RolesMustBeComplete) {
  for (const std::string key : {"team_lead", "manager", "sponsor", "language"}) {
    const std::string yaml = File([](Entry*) {}, [&](Entry* roles) { (*roles)[key] = ""; });
    EXPECT_THAT(ParsePlaybooks(yaml, "b.yaml"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("roles[0]." + key)));
  }
  EXPECT_THAT(ParsePlaybooks(File([](Entry*) {}, [](Entry* roles) { roles->clear(); }), "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("roles")));
  EXPECT_THAT(ParsePlaybooks(File([](Entry*) {}, [](Entry* roles) { (*roles)["language"] = "zh"; }),
                             "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("roles[1]")));
}

}  // namespace
}  // namespace clearway
