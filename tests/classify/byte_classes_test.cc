#include "service/classify/byte_classes.h"

#include <array>
#include <tuple>

#include "gmock/gmock.h"

namespace clearway {
namespace {

auto AllOf(const ByteClasses& classes) {
  return std::tie(classes.letters, classes.digits, classes.spaces, classes.newlines, classes.stops,
                  classes.apostrophes, classes.not_ascii);
}

TEST(ByteClassesTest, EveryByteIsOfItsClassWhereverItStands) {
  for (int c = 0; c < 256; ++c) {
    for (size_t at = 0; at < ByteClasses::kBytes; ++at) {
      std::array<uint8_t, ByteClasses::kBytes> bytes;
      bytes.fill('-');
      bytes[at] = static_cast<uint8_t>(c);
      const uint64_t bit = uint64_t{1} << at;
      const auto where = [bit](bool is) { return is ? bit : 0; };
      ByteClasses expected;
      expected.letters = where((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
      expected.digits = where(c >= '0' && c <= '9');
      expected.spaces = where(c <= ' ' || c == '_' || c == 0x7f);
      expected.newlines = where(c == '\n');
      expected.stops = where(c == '.' || c == '!' || c == '?' || c == ';');
      expected.apostrophes = where(c == '\'');
      expected.not_ascii = where(c >= 0x80);
      ASSERT_EQ(AllOf(ByteClasses::Of(bytes.data())), AllOf(expected)) << c << " at " << at;
      ASSERT_EQ(AllOf(ByteClasses::Fastest()(bytes.data())), AllOf(expected)) << c << " at " << at;
    }
  }
}

}  // namespace
}  // namespace clearway
