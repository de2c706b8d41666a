#include "plugin-adapters/tracker/github/priority_label.h"

#include <string>

#include "gtest/gtest.h"

namespace clearway::github {
namespace {

struct LabelCase {
  const char* name;
  const char* label;
  v1::Priority priority;
};

class PriorityLabelTest : public ::testing::TestWithParam<LabelCase> {};

TEST_P(PriorityLabelTest, IsReadWhereItIsPlain) {
  EXPECT_EQ(PriorityOfLabel(GetParam().label), GetParam().priority);
}

INSTANTIATE_TEST_SUITE_P(
    All, PriorityLabelTest,
    ::testing::Values(LabelCase{"P0", "P0", v1::PRIORITY_HIGHEST},
                      LabelCase{"P1WithWord", "p1-important", v1::PRIORITY_HIGH},
                      LabelCase{"P4", "prio/p4", v1::PRIORITY_LOWEST},
                      LabelCase{"Colon", "priority: high", v1::PRIORITY_HIGH},
                      LabelCase{"Slash", "Priority/Critical", v1::PRIORITY_HIGHEST},
                      LabelCase{"After", "low-priority", v1::PRIORITY_LOW},
                      LabelCase{"Medium", "priority::medium", v1::PRIORITY_MEDIUM},
                      LabelCase{"Chinese", "优先级/高", v1::PRIORITY_HIGH},
                      LabelCase{"ChineseWideColon", "优先级：紧急", v1::PRIORITY_HIGHEST},
                      LabelCase{"OtherHigh", "high contrast", v1::PRIORITY_UNSPECIFIED},
                      LabelCase{"OtherP", "http1", v1::PRIORITY_UNSPECIFIED},
                      LabelCase{"NoLevel", "needs priority", v1::PRIORITY_UNSPECIFIED},
                      LabelCase{"Bug", "bug", v1::PRIORITY_UNSPECIFIED},
                      LabelCase{"Empty", "", v1::PRIORITY_UNSPECIFIED}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace clearway::github
