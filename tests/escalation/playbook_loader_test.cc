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

// A complete file in which `change` has altered one playbook.
std::string File(const std::function<void(Entry*)>& change = [](Entry*) {}) {
  std::string yaml = "playbooks:\n";
  for (int i = 1; i < kReasonCount; ++i) {
    for (const char* language : {"en", "zh"}) {
      Entry entry = GoodEntry(ReasonName(static_cast<Reason>(i)), language);
      if (i == 1 && entry["language"] == "en") change(&entry);
      absl::StrAppend(&yaml, Item(entry));
    }
  }
  absl::StrAppend(&yaml, "roles:\n", Item(GoodRoles("en")), Item(GoodRoles("zh")));
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
    {"BlankParty", "default_party", "'  '", "playbooks[0].default_party"},
    {"PartyWithBraces", "default_party", "'{party}'", "playbooks[0].default_party"},
    {"OneStep", "steps", "[one]", "playbooks[0].steps"},
    {"SevenSteps", "steps", "[a, b, c, d, e, f, g]", "playbooks[0].steps"},
    {"EmptyStep", "steps", "[a, '']", "playbooks[0].steps[1]"},
    {"UnknownBraceInStep", "steps", "[a, 'ask {boss}']", "playbooks[0].steps[1]"},
    {"UnknownBraceInNudge", "nudge", "'{who}'", "{who}"},
    {"UnknownBraceInEscalation", "escalation", "'open {'", "playbooks[0].escalation"},
    {"UnknownBraceInRationale", "rationale", "'{}'", "playbooks[0].rationale"},
    {"BlankNudge", "nudge", "'  '", "playbooks[0].nudge"},
    {"UnknownBraceInNextStep", "next_step", "'{boss}'", "playbooks[0].next_step"},
    {"UnknownBraceInFallback", "fallback", "'{boss}'", "playbooks[0].fallback"},
    {"GroupFactInNudge", "nudge", "'{count}'", "playbooks[0].nudge"},
    {"TooManyAnswerDays", "answer_days", "21", "playbooks[0].answer_days"},
    {"NegativeAnswerDays", "answer_days", "-1", "playbooks[0].answer_days"},
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

TEST(PlaybookLoaderTest, WhatAFileLeavesOutIsAsInTheBuiltInOne) {
  const absl::StatusOr<Playbooks> built_in = BuiltInPlaybooks();
  ASSERT_THAT(built_in, IsOk());
  const absl::StatusOr<Playbooks> playbooks = ParsePlaybooks(R"(
playbooks:
  - reason: VENDOR_OR_PARTNER
    language: zh
    nudge: 请看 {ticket}，{by} 前回一句。
    answer_days: 7
roles:
  - {language: en, sponsor: the board}
shared:
  - {language: en, hello: "Dear all,"}
)",
                                                             "b.yaml");
  ASSERT_THAT(playbooks, IsOk());
  EXPECT_EQ(playbooks->by_reason.size(), built_in->by_reason.size());
  const Playbook& changed = playbooks->by_reason.at({Reason::kVendorOrPartner, "zh"});
  const Playbook& before = built_in->by_reason.at({Reason::kVendorOrPartner, "zh"});
  EXPECT_EQ(changed.nudge, "请看 {ticket}，{by} 前回一句。");
  EXPECT_EQ(changed.answer_days, 7);
  EXPECT_EQ(changed.escalation, before.escalation);
  EXPECT_EQ(changed.steps, before.steps);
  EXPECT_EQ(playbooks->by_reason.at({Reason::kVendorOrPartner, "en"}).nudge,
            built_in->by_reason.at({Reason::kVendorOrPartner, "en"}).nudge);
  EXPECT_EQ(playbooks->roles.at("en").sponsor, "the board");
  EXPECT_EQ(playbooks->roles.at("en").manager, built_in->roles.at("en").manager);
  EXPECT_EQ(playbooks->shared.at("en").hello, "Dear all,");
  EXPECT_EQ(playbooks->shared.at("en").effect, built_in->shared.at("en").effect);
}

TEST(PlaybookLoaderTest, AFileThatSaysNothingIsRefused) {
  EXPECT_THAT(ParsePlaybooks("playbooks: []\n", "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("b.yaml:1: ")));
}

struct BadSharedCase {
  const char* name;
  const char* yaml;
  const char* where;
};

class BadSharedTest : public ::testing::TestWithParam<BadSharedCase> {};

TEST_P(BadSharedTest, IsRefusedWithPlace) {
  EXPECT_THAT(ParsePlaybooks(GetParam().yaml, "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(GetParam().where)));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadSharedTest,
    ::testing::Values(
        BadSharedCase{"NoLanguage", "shared:\n- effect: x\n", "b.yaml:2: shared[0].language"},
        BadSharedCase{"Twice", "shared:\n- {language: en}\n- {language: en}\n",
                      "b.yaml:3: shared[1] is the second"},
        BadSharedCase{"EffectOfItself", "shared:\n- language: en\n  effect: '{effect}'\n",
                      "b.yaml:3: shared[0].effect"},
        BadSharedCase{"HelloWithFacts", "shared:\n- language: en\n  hello: '{ticket}'\n",
                      "b.yaml:3: shared[0].hello"},
        BadSharedCase{"RoleWithFacts", "roles:\n- language: en\n  manager: '{party}'\n",
                      "b.yaml:3: roles[0].manager"},
        BadSharedCase{"RolesTwice", "roles:\n- {language: zh}\n- {language: zh}\n",
                      "b.yaml:3: roles[1] is the second"},
        BadSharedCase{"RolesInNoLanguage", "roles:\n- {manager: x}\n",
                      "b.yaml:2: roles[0].language"}),
    [](const auto& test) { return test.param.name; });

TEST(PlaybookLoaderTest, ASecondPlaybookForTheSameIsRefused) {
  const std::string yaml = File([](Entry* entry) { (*entry)["language"] = "zh"; });
  EXPECT_THAT(ParsePlaybooks(yaml, "b.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("playbooks[1]")));
}

}  // namespace
}  // namespace clearway
