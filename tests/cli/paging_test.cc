#include "service/cli/paging.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"

#include "clearway/v1/blocker_service.pb.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;

// Pages by their tokens.
class PagingTest : public ::testing::Test {
 protected:
  void AddPage(const std::string& token, const std::vector<std::string>& names,
               const std::string& next) {
    v1::ListBlockersResponse& page = pages_[token];
    for (const std::string& name : names) page.add_blockers()->set_name(name);
    page.set_next_page_token(next);
  }

  std::vector<std::string> Read(int limit) {
    std::vector<std::string> names;
    const auto fetch =
        [this](const v1::ListBlockersRequest& request) -> absl::StatusOr<v1::ListBlockersResponse> {
      return pages_.at(request.page_token());
    };
    const auto take = [&names](const v1::ListBlockersResponse& page) {
      for (const v1::Blocker& blocker : page.blockers()) names.push_back(blocker.name());
      return page.blockers_size();
    };
    EXPECT_THAT(ReadPages(v1::ListBlockersRequest(), limit, fetch, take), IsOk());
    return names;
  }

 private:
  std::map<std::string, v1::ListBlockersResponse> pages_;
};

TEST_F(PagingTest, ShortAndEmptyPagesAreNotTheLast) {
  AddPage("", {}, "a");
  AddPage("a", {"1"}, "b");
  AddPage("b", {}, "c");
  AddPage("c", {"2", "3"}, "");
  EXPECT_THAT(Read(0), ElementsAre("1", "2", "3"));
  EXPECT_THAT(Read(3), ElementsAre("1", "2", "3"));
  EXPECT_THAT(Read(1), ElementsAre("1"));
}

}  // namespace
}  // namespace clearway::testing
