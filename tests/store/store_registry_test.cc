#include "service/store/store_registry.h"

#include <memory>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "service/store/sqlite/sqlite_store.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<Store>> Memory() {
  SqliteStore::Options options;
  options.path = ":memory:";
  return SqliteStore::Open(options);
}

TEST(StoreRegistryTest, OpensABackEndByItsName) {
  StoreRegistry registry;
  registry.Register("sqlite", Memory);
  const absl::StatusOr<std::unique_ptr<Store>> store = registry.Open("sqlite");
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->CheckReady(), IsOk());
}

TEST(StoreRegistryTest, AnUnknownNameIsAnErrorThatNamesTheKnown) {
  StoreRegistry registry;
  registry.Register("sqlite", Memory);
  registry.Register("other", Memory);
  EXPECT_THAT(registry.Open("oracle"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("oracle"), HasSubstr("sqlite"), HasSubstr("other"))));
}

TEST(StoreRegistryTest, TheFactorysErrorComesBack) {
  StoreRegistry registry;
  registry.Register("broken", [] { return absl::DataLossError("gone"); });
  EXPECT_THAT(registry.Open("broken"), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace clearway::testing
