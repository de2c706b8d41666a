#include "service/classify/regions.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Region> Regions(absl::string_view text) {
  std::vector<Region> regions;
  for (const RegionSpan& span : ReadRegions(text)) regions.push_back(span.region);
  return regions;
}

struct LineCase {
  const char* name;
  const char* line;
  Region region;
};

class LineTest : public ::testing::TestWithParam<LineCase> {};

TEST_P(LineTest, IsOfItsKind) {
  const std::string text = std::string("We are stuck.\n") + GetParam().line;
  const std::vector<Region> regions = Regions(text);
  if (GetParam().region == Region::kProse) {
    EXPECT_THAT(regions, IsEmpty());
  } else {
    EXPECT_THAT(regions, ElementsAre(Region::kProse, GetParam().region));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, LineTest,
    ::testing::Values(LineCase{"Prose", "at the moment nobody answers", Region::kProse},
                      LineCase{"ProseWithDate", "2026-01-31 is the date", Region::kProse},
                      LineCase{"ProseWithNumber", "30 tickets hang on it", Region::kProse},
                      LineCase{"ListItem", "- legal has not answered", Region::kProse},
                      LineCase{"TickedBox", "- [x] design is done", Region::kProse},
                      LineCase{"Fence", "```\nx = 1;\n```", Region::kCode},
                      LineCase{"OpenFence", "```\nx = 1;", Region::kCode},
                      LineCase{"JiraCode", "{code:java}\nint x;\n{code}", Region::kCode},
                      LineCase{"JiraNoformat", "{noformat}\nint x;\n{noformat}", Region::kCode},
                      LineCase{"JavaFrame", "    at org.acme.Main.run(Main.java:12)",
                               Region::kCode},
                      LineCase{"PythonFrame", "  File \"a.py\", line 3, in f", Region::kCode},
                      LineCase{"GdbFrame", "#3  0x00007f in main ()", Region::kCode},
                      LineCase{"LogLine", "2026-01-31T09:12:44 worker died", Region::kCode},
                      LineCase{"LogTime", "[09:12:44] worker died", Region::kCode},
                      LineCase{"LogLevel", "[ERROR] worker died", Region::kCode},
                      LineCase{"Quote", "> we are blocked", Region::kQuote},
                      LineCase{"JiraQuoteLine", "bq. we are blocked", Region::kQuote},
                      LineCase{"JiraQuote", "{quote}\nwe are blocked\n{quote}", Region::kQuote},
                      LineCase{"Heading", "## Steps to reproduce", Region::kTemplate},
                      LineCase{"JiraHeading", "h3. Steps to reproduce", Region::kTemplate},
                      LineCase{"Bold", "**Expected**", Region::kTemplate},
                      LineCase{"Box", "- [ ] I searched for duplicates", Region::kTemplate},
                      LineCase{"HtmlComment", "<!-- do not edit -->", Region::kTemplate},
                      LineCase{"ChineseHeading", "【前置条件】", Region::kTemplate}),
    [](const auto& row) { return row.param.name; });

TEST(RegionsTest, ProseGoesOnBehindAClosedFence) {
  EXPECT_THAT(Regions("```\nx\n```\nstuck"), ElementsAre(Region::kCode, Region::kProse));
  EXPECT_THAT(Regions("{code}x{code}\nstuck"), ElementsAre(Region::kCode, Region::kProse));
}

TEST(RegionsTest, SpansCoverTheText) {
  const std::string text = "a\n> b\n\n```\nc\n```\nd";
  const std::pmr::vector<RegionSpan> spans = ReadRegions(text);
  ASSERT_FALSE(spans.empty());
  uint32_t last = 0;
  for (const RegionSpan& span : spans) {
    EXPECT_GT(span.end, last);
    last = span.end;
  }
  EXPECT_EQ(last, text.size());
}

TEST(RegionsTest, ProgramsAreKnownByTheirNames) {
  for (const char* const name : {"dependabot[bot]", "ci-bot", "Jenkins", "bot", "stale_bot"}) {
    EXPECT_TRUE(IsBot(name)) << name;
  }
  for (const char* const name : {"", "dev", "Abbott", "botanist", "robot lead"}) {
    EXPECT_FALSE(IsBot(name)) << name;
  }
}

}  // namespace
}  // namespace clearway
