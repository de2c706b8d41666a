#include "service/domain/directory.h"

#include "gtest/gtest.h"

namespace clearway {
namespace {

DirectoryParty Legal(const std::string& tenant = "", const std::string& lead = "Dana Fox") {
  DirectoryParty party;
  party.tenant = tenant;
  party.self = {.name = "legal", .handle = "@legal-desk", .channel = "", .language = ""};
  party.aliases = {"Legal Team", "法务部"};
  party.lead.name = lead;
  return party;
}

TEST(DirectoryTest, APartyIsFoundByNameHandleAndAlias) {
  Directory directory;
  EXPECT_EQ(directory.Add(Legal()), "");
  for (const char* words : {"legal", "Legal", "the  LEGAL", "@legal", "legal team", "@legal-desk",
                            "法务部", " 法务部 "}) {
    const DirectoryParty* found = directory.Find("acme", words);
    ASSERT_NE(found, nullptr) << words;
    EXPECT_EQ(found->lead.name, "Dana Fox");
  }
}

TEST(DirectoryTest, APartOfAWordIsNoParty) {
  Directory directory;
  EXPECT_EQ(directory.Add(Legal()), "");
  for (const char* words : {"leg", "legal department", "paralegal", "legal and finance", "法务",
                            "法务部门", "Dana Fox", "", "@", "the"}) {
    EXPECT_EQ(directory.Find("acme", words), nullptr) << words;
  }
}

TEST(DirectoryTest, ATenantsOwnPartyGoesFirstAndIsNobodyElses) {
  Directory directory;
  EXPECT_EQ(directory.Add(Legal("", "Everybody's")), "");
  EXPECT_EQ(directory.Add(Legal("acme", "Acme's")), "");
  EXPECT_EQ(directory.Find("acme", "legal")->lead.name, "Acme's");
  EXPECT_EQ(directory.Find("other", "legal")->lead.name, "Everybody's");

  Directory own;
  EXPECT_EQ(own.Add(Legal("acme")), "");
  EXPECT_EQ(own.Find("other", "legal"), nullptr);
}

TEST(DirectoryTest, WordsThatAreTakenAreTold) {
  Directory directory;
  EXPECT_EQ(directory.Add(Legal()), "");
  DirectoryParty other;
  other.self.name = "contracts";
  other.aliases = {"The Legal Team"};
  EXPECT_EQ(directory.Add(other), "The Legal Team");
  EXPECT_EQ(directory.Find("acme", "contracts"), nullptr) << "not half of it";
  EXPECT_EQ(directory.size(), 1u);
  other.tenant = "acme";
  EXPECT_EQ(directory.Add(other), "") << "another tenant's";
}

}  // namespace
}  // namespace clearway
