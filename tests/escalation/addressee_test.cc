#include "service/escalation/addressee.h"

#include "gtest/gtest.h"

namespace clearway {
namespace {

using enum EscalationTarget;

class AddresseeTest : public ::testing::Test {
 protected:
  AddresseeTest() {
    DirectoryParty legal;
    legal.self = {"legal", "@legal-desk", "mail", "zh"};
    legal.aliases = {"法务部"};
    legal.lead = {"Dana Fox", "@dana", "meeting", "en"};
    legal.sponsor = {"Max Kern", "", "", ""};
    EXPECT_EQ(directory_.Add(legal), "");
    blocker_.ticket = {"acme", "jira", "PAY-7"};
    blocker_.project = "PAY";
    blocker_.category = Category::kCrossTeam;
    blocker_.reason = Reason::kApprovalOrSignOff;
    blocker_.waiting_on = "法务部";
  }

  Addressee To(EscalationTarget target) const {
    return AddresseeOf(target, WaitedForBy(blocker_, ticket_, usual_, directory_), blocker_,
                       ticket_, roles_);
  }

  Directory directory_;
  std::string usual_ = "the approver";
  RoleNames roles_{"the team lead", "the managers", "the sponsor", "the lead of {party}"};
  Blocker blocker_;
  Ticket ticket_;
};

TEST_F(AddresseeTest, AKnownPartyHasItsLeadAndItsSponsor) {
  EXPECT_EQ(To(kTeamLead).words, "Dana Fox");
  EXPECT_EQ(To(kTeamLead).name, "Dana Fox");
  EXPECT_EQ(To(kTeamLead).handle, "@dana");
  EXPECT_EQ(To(kTeamLead).channel, "meeting");
  EXPECT_EQ(To(kTeamLead).language, "en");
  EXPECT_EQ(To(kTeamLead).recipient, "party/dana fox");
  EXPECT_EQ(To(kSponsor).words, "Max Kern");
  EXPECT_EQ(To(kManager).words, "the managers") << "the directory gives none";
  EXPECT_EQ(To(kManager).recipient, "manager/PAY");
}

TEST_F(AddresseeTest, ThePartyItselfKeepsTheTicketsWords) {
  EXPECT_EQ(To(kParty).words, "法务部");
  EXPECT_EQ(To(kParty).name, "");
  EXPECT_EQ(To(kParty).recipient, "party/legal") << "one for all aliases";
  EXPECT_EQ(To(kParty).handle, "@legal-desk");
  EXPECT_EQ(To(kParty).channel, "mail");
  EXPECT_EQ(To(kParty).language, "zh");
}

TEST_F(AddresseeTest, AnUnknownPartyIsLeftARole) {
  blocker_.waiting_on = "legal affairs";
  EXPECT_EQ(To(kParty).words, "legal affairs");
  EXPECT_EQ(To(kTeamLead).words, "the lead of legal affairs");
  blocker_.waiting_on = "The Legal affairs";
  EXPECT_EQ(To(kParty).words, "The Legal affairs");
  EXPECT_EQ(To(kTeamLead).words, "the lead of the Legal affairs");
  EXPECT_EQ(To(kTeamLead).recipient, "lead/legal affairs");
  EXPECT_EQ(To(kSponsor).words, "the sponsor");
  for (const EscalationTarget target : {kParty, kTeamLead, kManager, kSponsor}) {
    EXPECT_EQ(To(target).name, "");
    EXPECT_EQ(To(target).handle, "");
  }
}

TEST_F(AddresseeTest, WhereNobodyIsNamedTheOwnTeamIsTurnedTo) {
  blocker_.waiting_on.clear();
  EXPECT_EQ(To(kParty).words, "the approver");
  EXPECT_EQ(To(kTeamLead).words, "the team lead");
  EXPECT_EQ(To(kTeamLead).recipient, "team-lead/PAY");
}

TEST_F(AddresseeTest, EngineeringAndVendorsAreSettledOnOnesOwnSide) {
  blocker_.waiting_on = "hosting provider";
  blocker_.reason = Reason::kVendorOrPartner;
  EXPECT_EQ(To(kTeamLead).words, "the team lead");
  blocker_.category = Category::kTechnical;
  blocker_.reason = Reason::kDefect;
  EXPECT_EQ(To(kTeamLead).words, "the team lead");
  // Unless the directory says with whom.
  blocker_.waiting_on = "legal";
  EXPECT_EQ(To(kTeamLead).words, "Dana Fox");
}

TEST_F(AddresseeTest, WhoeverWaitsIsNotTurnedToByName) {
  ticket_.assignee = "dana fox";
  EXPECT_EQ(To(kTeamLead).words, "the lead of 法务部");
  EXPECT_EQ(To(kTeamLead).recipient, "lead/legal");
  EXPECT_EQ(To(kTeamLead).handle, "");
  ticket_.assignee = "@dana";
  EXPECT_EQ(To(kTeamLead).name, "");
  ticket_.assignee.clear();
  ticket_.reporter = "Max Kern";
  EXPECT_EQ(To(kSponsor).words, "the sponsor");
  EXPECT_EQ(To(kTeamLead).words, "Dana Fox");
}

TEST_F(AddresseeTest, APartyThatReportedTheTicketUnderAnotherNameWaits) {
  ticket_.reporter = "Legal";
  EXPECT_EQ(To(kParty).words, "the approver");
  EXPECT_EQ(To(kTeamLead).words, "the team lead");
  // Where an answer is owed, it may be the reporter's.
  blocker_.category = Category::kCommunication;
  EXPECT_EQ(To(kParty).words, "法务部");
}

}  // namespace
}  // namespace clearway
