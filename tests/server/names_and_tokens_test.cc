#include "absl/strings/ascii.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/server/page_token.h"
#include "service/server/resource_names.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOkAndHolds;
using ::clearway::testing::StatusIs;

class ResourceNamesTest : public ::testing::Test {
 protected:
  const Tenants tenants_{{"acme", "b-2"}};
};

TEST_F(ResourceNamesTest, ReadsParents) {
  EXPECT_THAT(ParseParent("tenants/acme", "parent", tenants_), IsOkAndHolds("acme"));
  EXPECT_THAT(ParseParent("tenants/b-2", "parent", tenants_), IsOkAndHolds("b-2"));
}

TEST_F(ResourceNamesTest, RefusesMalformedParents) {
  for (const char* name : {"", "acme", "tenants/", "tenants", "tenant/acme", "tenants/acme/",
                           "/tenants/acme", "tenants/Acme", "tenants/a_b", "tenants/acme "}) {
    EXPECT_THAT(ParseParent(name, "parent", tenants_), StatusIs(absl::StatusCode::kInvalidArgument))
        << name;
  }
}

TEST_F(ResourceNamesTest, UnknownTenantIsNotFound) {
  EXPECT_THAT(ParseParent("tenants/globex", "parent", tenants_),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ParseBlockerName("tenants/globex/blockers/1", "name", tenants_),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ResourceNamesTest, ReadsBlockerNames) {
  const auto ref = ParseBlockerName("tenants/acme/blockers/9223372036854775807", "name", tenants_);
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->tenant, "acme");
  EXPECT_EQ(ref->id, std::numeric_limits<int64_t>::max());
}

TEST_F(ResourceNamesTest, RefusesMalformedBlockerNames) {
  for (const char* number :
       {"", "0", "-1", "+1", "01", "1.0", " 1", "one", "9223372036854775808"}) {
    const std::string name = std::string("tenants/acme/blockers/") + number;
    EXPECT_THAT(ParseBlockerName(name, "name", tenants_),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << name;
  }
  EXPECT_THAT(ParseBlockerName("tenants/acme/blockers/1/x", "name", tenants_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ResourceNamesTest, LabelsAreShortAndPlain) {
  EXPECT_TRUE(IsLabel("a"));
  EXPECT_TRUE(IsLabel(std::string(63, 'a')));
  EXPECT_FALSE(IsLabel(std::string(64, 'a')));
  EXPECT_FALSE(IsLabel(""));
  EXPECT_FALSE(IsLabel("名"));
}

class PageTokenTest : public ::testing::Test {
 protected:
  const Pager pager_{{"List", "acme", "state = OPEN"}};
};

TEST_F(PageTokenTest, SizeHasDefaultAndLimit) {
  EXPECT_EQ(pager_.Parse(0, "")->size, 51);
  EXPECT_EQ(pager_.Parse(1, "")->size, 2);
  EXPECT_EQ(pager_.Parse(1000, "")->size, 1001);
  EXPECT_EQ(pager_.Parse(5000, "")->size, 1001);
  EXPECT_THAT(pager_.Parse(-1, ""), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PageTokenTest, TokenSaysWhereToGoOn) {
  EXPECT_EQ(pager_.Parse(0, "")->before_id, std::nullopt);
  EXPECT_EQ(pager_.Parse(10, pager_.Token(77))->before_id, 77);
}

TEST_F(PageTokenTest, AFullPageGoesOnBehindItsLastRow) {
  struct Row {
    int64_t id;
  };
  Part<Row> part{{{9}, {7}, {5}}, 5};
  EXPECT_EQ(CutPage(pager_, *pager_.Parse(2, ""), &part), pager_.Token(7));
  EXPECT_EQ(part.rows.size(), 2U);
}

TEST_F(PageTokenTest, AShortPageGoesOnWhereItWasLookedThroughTo) {
  struct Row {
    int64_t id;
  };
  Part<Row> short_one{{{9}}, 3};
  EXPECT_EQ(CutPage(pager_, *pager_.Parse(2, ""), &short_one), pager_.Token(3));
  EXPECT_EQ(short_one.rows.size(), 1U);
  Part<Row> empty{{}, 3};
  EXPECT_EQ(CutPage(pager_, *pager_.Parse(2, ""), &empty), pager_.Token(3));
  Part<Row> last{{{9}}, std::nullopt};
  EXPECT_EQ(CutPage(pager_, *pager_.Parse(2, ""), &last), "");
}

TEST_F(PageTokenTest, TokenNeedsNoEscapingInUrls) {
  for (int64_t id = 1; id < 200; ++id) {
    for (const char c : pager_.Token(id)) {
      EXPECT_TRUE(absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') << c;
    }
  }
}

TEST_F(PageTokenTest, TokenOfOtherArgumentsIsRefused) {
  const Pager shifted({"List", "acmestate", " = OPEN"});
  EXPECT_THAT(pager_.Parse(10, shifted.Token(77)), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PageTokenTest, GarbageIsRefused) {
  const std::string token = pager_.Token(77);
  for (const std::string& bad : {std::string("x"), std::string("%%%"), std::string("法务"),
                                 token.substr(0, token.size() / 2), token + token}) {
    EXPECT_THAT(pager_.Parse(10, bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
}

}  // namespace
}  // namespace clearway
