#include "service/escalation/directory_loader.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::StartsWith;

constexpr char kGood[] = R"(parties:
  - name: legal
    aliases: [法务部, legal team]
    handle: "@legal-desk"
    channel: mail
    language: zh
    tenant: acme
    lead: {name: Dana Fox, handle: "@dana", channel: chat, language: en}
    manager: {name: Max Kern}
    sponsor: {name: 王芳}
  - {name: finance}
)";

TEST(DirectoryLoaderTest, ReadsPartiesAndThePeopleBehindThem) {
  const absl::StatusOr<Directory> directory = ParseDirectory(kGood, "d.yaml");
  ASSERT_THAT(directory, IsOk());
  EXPECT_EQ(directory->size(), 2u);
  const DirectoryParty* legal = directory->Find("acme", "法务部");
  ASSERT_NE(legal, nullptr);
  EXPECT_EQ(legal->self, (Contact{"legal", "@legal-desk", "mail", "zh"}));
  EXPECT_EQ(legal->lead, (Contact{"Dana Fox", "@dana", "chat", "en"}));
  EXPECT_EQ(legal->manager, (Contact{"Max Kern", "", "", ""}));
  EXPECT_EQ(legal->sponsor.name, "王芳");
  const DirectoryParty* finance = directory->Find("acme", "finance");
  ASSERT_NE(finance, nullptr);
  EXPECT_EQ(finance->lead, Contact());
}

TEST(DirectoryLoaderTest, ReadsFiles) {
  const std::string path = ::testing::TempDir() + "directory_loader_test.yaml";
  std::ofstream(path) << kGood;
  EXPECT_THAT(LoadDirectory(path), IsOk());
  EXPECT_THAT(LoadDirectory(path + ".none"), StatusIs(absl::StatusCode::kNotFound));
}

struct BadDirectoryCase {
  const char* name;
  const char* yaml;
  const char* told;
};

class BadDirectoryTest : public ::testing::TestWithParam<BadDirectoryCase> {};

TEST_P(BadDirectoryTest, IsRefusedWithItsLine) {
  EXPECT_THAT(ParseDirectory(GetParam().yaml, "d.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(GetParam().told)));
}

constexpr BadDirectoryCase kBadDirectories[] = {
    {"Empty", "parties: []\n", "d.yaml:1: parties is missing or empty"},
    {"UnknownKey", "parties:\n- name: a\n  boss: b\n", "d.yaml:3: "},
    {"NoName", "parties:\n- aliases: [a]\n", "d.yaml:2: parties[0].name"},
    {"NameOfNothing", "parties:\n- name: '@'\n", "d.yaml:2: parties[0].name"},
    {"NameOnTwoLines", "parties:\n- name: \"a\\nb\"\n", "d.yaml:2: parties[0].name"},
    {"EmptyAlias", "parties:\n- name: a\n  aliases: [b, '']\n", "d.yaml:3: parties[0].aliases[1]"},
    {"UnknownChannel", "parties:\n- name: a\n  channel: pigeon\n",
     "d.yaml:3: parties[0].channel is \"pigeon\"; known: ticket, chat, mail, meeting"},
    {"UnknownLanguage", "parties:\n- name: a\n  lead:\n    name: b\n    language: fr\n",
     "d.yaml:5: parties[0].lead.language"},
    {"BadTenant", "parties:\n- name: a\n  tenant: A B\n", "d.yaml:3: parties[0].tenant"},
    {"LeadWithoutName", "parties:\n- name: a\n  lead: {handle: '@b'}\n",
     "d.yaml:3: parties[0].lead.name"},
    {"NameTwice", "parties:\n- name: a\n- name: The A\n", "d.yaml:3: parties[1] goes by \"The A\""},
    {"AliasOfAnother", "parties:\n- name: a\n- name: b\n  aliases: ['@a']\n",
     "d.yaml:3: parties[1] goes by \"@a\""},
    {"LeadIsSponsor", "parties:\n- name: a\n  lead: {name: B}\n  sponsor: {name: b}\n",
     "d.yaml:4: parties[0].sponsor is the same as lead"},
    {"LeadIsTheParty", "parties:\n- name: a\n  lead: {name: A}\n",
     "d.yaml:3: parties[0].lead is the same as name"},
};

INSTANTIATE_TEST_SUITE_P(All, BadDirectoryTest, ::testing::ValuesIn(kBadDirectories),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace clearway
