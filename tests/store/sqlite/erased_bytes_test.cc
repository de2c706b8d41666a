#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway::testing {
namespace {

constexpr char kSecret[] = "ZQXJ-nobody-else-writes-this";

class ErasedBytesTest : public ::testing::Test {
 protected:
  // Whether the words stand in any file of the database, free pages and log included.
  bool InFiles() {
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(in)),
                              std::istreambuf_iterator<char>());
      if (bytes.find(kSecret) != std::string::npos) return true;
    }
    return false;
  }
  void Do(const std::function<absl::Status(Transaction&)>& work) {
    EXPECT_THAT(store_->Transact(work), IsOk());
  }
  // With comments that fill many pages, written anew again and again as events do.
  void PutTicket(int versions) {
    for (int i = 0; i < versions; ++i) {
      StoredTicket ticket = FullTicket();
      for (int c = 0; c < 20 + i; ++c) {
        const std::string id = std::to_string(100 + c);
        ticket.state.comments.push_back(
            {{id, "eve", std::string(kSecret) + std::string(700, 'x'), At(c), At(c)}, {}, false});
      }
      Do([&](Transaction& tx) { return tx.PutTicket(Key(), ticket); });
    }
  }
  static Erasure OfEve() {
    Erasure erasure;
    erasure.tenant = kTenant;
    erasure.kind = ErasureKind::kAuthor;
    erasure.subject = AuthorSubject(kTenant, "eve");
    erasure.time = At(1000);
    return erasure;
  }

  TempDir dir_;
  const std::unique_ptr<Store> store_ =
      *SqliteStore::Open({.path = dir_.File("clearway.db"), .readers = 2});
};

TEST_F(ErasedBytesTest, ErasedTextIsInNoFileOnceCompacted) {
  PutTicket(5);
  ASSERT_TRUE(InFiles()) << "the test must be able to fail";
  Do([&](Transaction& tx) { return tx.EraseTexts(Key(), TextEraser::OfStored(OfEve())).status(); });
  ASSERT_THAT(store_->Compact(), IsOk());
  EXPECT_FALSE(InFiles());
}

TEST_F(ErasedBytesTest, DeletedRowsAreInNoFileOnceCompacted) {
  PutTicket(3);
  Do([&](Transaction& tx) { return tx.DeleteTicket(Key()).status(); });
  ASSERT_THAT(store_->Compact(), IsOk());
  EXPECT_FALSE(InFiles());
}

TEST_F(ErasedBytesTest, TheFileShrinksWhenMuchIsDeleted) {
  PutTicket(3);
  ASSERT_THAT(store_->Compact(), IsOk());
  const auto before = std::filesystem::file_size(dir_.File("clearway.db"));
  Do([&](Transaction& tx) { return tx.DeleteTicket(Key()).status(); });
  ASSERT_THAT(store_->Compact(), IsOk());
  EXPECT_LT(std::filesystem::file_size(dir_.File("clearway.db")), before);
}

}  // namespace
}  // namespace clearway::testing
