#include "service/classify/classifier.h"

#include <memory>
#include <random>
#include <string>

#include "gmock/gmock.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::HasSubstr;

Ticket MakeTicket(std::string title, std::string description, std::vector<std::string> comments) {
  Ticket ticket;
  ticket.title = std::move(title);
  ticket.description = std::move(description);
  ticket.status = "In Progress";
  for (std::string& body : comments) {
    Comment comment;
    comment.author = "dev";
    comment.body = std::move(body);
    ticket.comments.push_back(std::move(comment));
  }
  return ticket;
}

// With the model that is shipped.
class ClassifierTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::shared_ptr<const Classifier>> built_in = Classifier::BuiltIn();
    ASSERT_THAT(built_in, IsOk());
    classifier_ = *std::move(built_in);
  }

  std::shared_ptr<const Classifier> classifier_;
};

// Plain cases that a verdict must get right whatever the model; the hard ones are measured, not
// tested.
struct PlainCase {
  const char* name;
  const char* title;
  const char* comment;
  Category category;
};

class PlainCaseTest : public ClassifierTest, public ::testing::WithParamInterface<PlainCase> {};

TEST_P(PlainCaseTest, NamesTheCategory) {
  const PlainCase& c = GetParam();
  const Classification verdict = classifier_->Classify(MakeTicket(c.title, "", {c.comment}));
  EXPECT_EQ(verdict.category, c.category) << CategoryName(verdict.category);
  if (IsBlocked(c.category)) {
    EXPECT_EQ(CategoryOf(verdict.reason), c.category);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, PlainCaseTest,
    ::testing::Values(
        PlainCase{"Merged", "Rename the export button",
                  "Merged and deployed this morning, closing.", Category::kNotBlocked},
        PlainCase{"LegalSignOff", "Release 4.2",
                  "Blocked: we still need the sign-off from legal before we may ship.",
                  Category::kCrossTeam},
        PlainCase{
            "BrokenPipeline", "Merge the parser rewrite",
            "The build fails on main since yesterday, the pipeline is red and nobody can merge.",
            Category::kTechnical},
        PlainCase{"WaitsForLegal", "Collect mandates online",
                  "Blocked: waiting for legal to sign off the wording.", Category::kCrossTeam},
        PlainCase{"StagingDown", "Quarterly report for the board",
                  "The staging environment is down, testing is blocked.", Category::kTechnical},
        PlainCase{"Tersely", "Replace label printers in hall 3", "Stuck, no reviewer.",
                  Category::kResource},
        PlainCase{"TerseReport", "Parser", "NPE when the file is empty", Category::kNotBlocked},
        PlainCase{"ZhEnvironmentDown", "季度汇报", "测试环境挂了，测试全停了。",
                  Category::kTechnical},
        PlainCase{"ZhTersely", "接入快捷支付", "等供应商交货", Category::kCrossTeam},
        PlainCase{
            "NoBudget", "Buy two more licences",
            "Stuck: there is no budget for the licences until the purchase order is approved.",
            Category::kResource},
        PlainCase{"NoAnswer", "Which date format does the export use?",
                  "Asked the reporter three times, no answer. I can't go on without it.",
                  Category::kCommunication},
        PlainCase{"ZhDone", "登录页改版", "已经上线，验证通过，可以关了。", Category::kNotBlocked},
        PlainCase{"ZhOtherTeam", "订单接口联调",
                  "中台组的接口一直没给，排期也给不出来，我们这边卡住了。", Category::kCrossTeam},
        PlainCase{"ZhAccess", "新同事入职", "生产环境的权限还没开，账号申请了两周，什么都干不了。",
                  Category::kResource}),
    [](const auto& test) { return test.param.name; });

TEST_F(ClassifierTest, LatestStateWins) {
  const char* const stuck = "Still blocked, legal has not signed off, we cannot ship.";
  const char* const moving = "Legal signed off this morning. Unblocked, merged and deployed.";
  EXPECT_TRUE(
      IsBlocked(classifier_->Classify(MakeTicket("Ship it", "", {moving, stuck})).category));
  EXPECT_FALSE(
      IsBlocked(classifier_->Classify(MakeTicket("Ship it", "", {stuck, moving})).category));
}

// However loud what stood before.
struct LoudCase {
  const char* name;
  const char* title;
  const char* description;
  const char* comment;
  bool blocked;
};

class LoudCaseTest : public ClassifierTest, public ::testing::WithParamInterface<LoudCase> {};

TEST_P(LoudCaseTest, TheLastCommentDecides) {
  const LoudCase& c = GetParam();
  const Classification verdict =
      classifier_->Classify(MakeTicket(c.title, c.description, {c.comment}));
  EXPECT_EQ(IsBlocked(verdict.category), c.blocked) << CategoryName(verdict.category);
}

constexpr char kPipeline[] = "Pipeline is red, nobody can merge";
constexpr char kPipelineText[] =
    "The build fails on main since Monday. All merges are blocked, the release can't go out until "
    "this is repaired.";
constexpr char kLegal[] = "BLOCKED: legal sign-off missing";
constexpr char kLegalText[] =
    "Legal has not signed off the terms. We cannot ship until they do. Blocked for three weeks "
    "now, "
    "release train missed twice.";
constexpr char kZhAccess[] = "生产权限没开，联调停摆";
constexpr char kZhAccessText[] = "申请提了三周，运维一直没开权限，联调完全动不了。";

INSTANTIATE_TEST_SUITE_P(
    All, LoudCaseTest,
    ::testing::Values(
        LoudCase{"Green", kPipeline, kPipelineText, "Green again. Unblocked.", false},
        LoudCase{"StillRed", kPipeline, kPipelineText, "Still red, nobody can merge.", true},
        LoudCase{"AnyNews", kPipeline, kPipelineText, "Any news on this?", true},
        LoudCase{"Signed", kLegal, kLegalText, "Solved this morning, thanks. Carrying on.", false},
        LoudCase{"NotSigned", kLegal, kLegalText, "They still have not signed.", true},
        LoudCase{"ZhOpened", kZhAccess, kZhAccessText, "今天搞定了，已经可以用了，继续开发", false},
        LoudCase{"ZhNot", kZhAccess, kZhAccessText, "还是没开，继续等", true}),
    [](const auto& row) { return row.param.name; });

TEST_F(ClassifierTest, NamesWhoIsWaitedFor) {
  const Classification verdict = classifier_->Classify(
      MakeTicket("Loyalty points import", "",
                 {"Waiting for the payments team to deliver the export, no date yet."}));
  EXPECT_THAT(verdict.waiting_on, HasSubstr("payments team"));
}

TEST_F(ClassifierTest, EvidenceIsQuotedFromTheTicket) {
  const Ticket ticket = MakeTicket("Release 4.2", "All tests are green.",
                                   {"We still need the sign-off from legal before we may ship."});
  const Classification verdict = classifier_->Classify(ticket);
  ASSERT_FALSE(verdict.evidence.empty());
  EXPECT_EQ(verdict.evidence[0].field, "comments[0]");
  for (const Evidence& span : verdict.evidence) {
    const std::string& text = span.field == "title"         ? ticket.title
                              : span.field == "description" ? ticket.description
                                                            : ticket.comments[0].body;
    ASSERT_LE(0, span.begin);
    ASSERT_LE(static_cast<size_t>(span.end), text.size());
    EXPECT_EQ(
        text.substr(static_cast<size_t>(span.begin), static_cast<size_t>(span.end - span.begin)),
        span.text);
    EXPECT_GT(span.weight, 0);
  }
}

// Where evidence stands is said in bytes and in code points.
struct OffsetCase {
  const char* name;
  // What stands before the sentence that decides, and how many code points that is.
  const char* before;
  int code_points;
};

class OffsetTest : public ClassifierTest, public ::testing::WithParamInterface<OffsetCase> {};

TEST_P(OffsetTest, CountsCodePoints) {
  const std::string before = GetParam().before;
  const std::string decisive = "We still need the sign-off from legal before we may ship.";
  const Classification verdict =
      classifier_->Classify(MakeTicket("Release 4.2", "", {before + decisive}));
  ASSERT_FALSE(verdict.evidence.empty());
  const Evidence& span = verdict.evidence[0];
  ASSERT_EQ(span.text, decisive);
  EXPECT_EQ(span.begin, static_cast<int>(before.size()));
  EXPECT_EQ(span.begin_code_point, GetParam().code_points);
  EXPECT_EQ(span.end_code_point - span.begin_code_point, static_cast<int>(decisive.size()));
}

INSTANTIATE_TEST_SUITE_P(All, OffsetTest,
                         ::testing::Values(OffsetCase{"AtTheBeginning", "", 0},
                                           OffsetCase{"AfterAscii", "All green.\n", 11},
                                           OffsetCase{"AfterChinese", "测试都过了。\n", 7},
                                           OffsetCase{"AfterEmoji", "😀\n", 2},
                                           OffsetCase{"AfterBytesOfNothing", "\xff\xe5\xae\n", 4}),
                         [](const auto& row) { return row.param.name; });

TEST_F(ClassifierTest, SaysWhichModelSpoke) {
  const Classification verdict = classifier_->Classify(MakeTicket("x", "", {}));
  EXPECT_EQ(verdict.model_version, classifier_->model_version());
  EXPECT_FALSE(verdict.model_version.empty());
}

TEST_F(ClassifierTest, TakesAnyBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(random() % 3000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const Classification verdict = classifier_->Classify(MakeTicket(bytes, bytes, {bytes, bytes}));
    EXPECT_GE(verdict.confidence, 0);
    EXPECT_LE(verdict.confidence, 1);
    EXPECT_NE(verdict.category, Category::kUnspecified);
  }
}

TEST_F(ClassifierTest, AnEmptyTicketIsNotBlocked) {
  EXPECT_EQ(classifier_->Classify(Ticket()).category, Category::kNotBlocked);
}

TEST_F(ClassifierTest, AModelThatIsNoneIsRefused) {
  EXPECT_THAT(Classifier::FromModel("no model"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace clearway
