#pragma once

#include "gmock/gmock.h"

namespace clearway::testing {

// Matches the rows of a Part.
MATCHER_P(RowsAre, matcher, "has matching rows") {
  return ::testing::ExplainMatchResult(matcher, arg.rows, result_listener);
}

}  // namespace clearway::testing
