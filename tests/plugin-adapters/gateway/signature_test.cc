#include "plugin-adapters/gateway/signature.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using testing::IsOk;
using testing::StatusIs;

// Published by GitHub.
constexpr char kSecret[] = "It's a Secret to Everybody";
constexpr char kBody[] = "Hello, World!";
constexpr char kSignature[] =
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

TEST(SignatureTest, HmacGivesThePublishedVectors) {
  EXPECT_EQ(absl::StrCat("sha256=", HmacSha256Hex(kSecret, kBody)), kSignature);
  EXPECT_EQ(HmacSha256Hex("contract-secret", "{}"),
            "75e78655fad5f66197ffc4453d9fa50504395326eb650a00ce880355cf4191c2");
}

TEST(SignatureTest, Sha256GivesThePublishedVector) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(SignatureTest, TheRightSignatureIsTaken) {
  EXPECT_THAT(VerifySha256Signature("X-Sig", kSignature, kBody, {kSecret}), IsOk());
}

TEST(SignatureTest, UpperCaseHexIsTaken) {
  std::string upper = kSignature;
  for (size_t i = 7; i < upper.size(); ++i) upper[i] = static_cast<char>(std::toupper(upper[i]));
  EXPECT_THAT(VerifySha256Signature("X-Sig", upper, kBody, {kSecret}), IsOk());
}

TEST(SignatureTest, AnyOfSeveralSecretsMayHaveSigned) {
  EXPECT_THAT(VerifySha256Signature("X-Sig", kSignature, kBody, {"the next one", kSecret}), IsOk());
  EXPECT_THAT(VerifySha256Signature("X-Sig", kSignature, kBody, {kSecret, "the last one"}), IsOk());
}

struct RefusedCase {
  const char* name;
  std::string signature;
  std::string body = kBody;
  std::vector<std::string> secrets = {kSecret};
};

class RefusedSignatureTest : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedSignatureTest, IsUnauthenticatedAndNamesTheHeader) {
  const RefusedCase& refused = GetParam();
  EXPECT_THAT(VerifySha256Signature("X-Sig", refused.signature, refused.body, refused.secrets),
              StatusIs(absl::StatusCode::kUnauthenticated, ::testing::HasSubstr("X-Sig")));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedSignatureTest,
    ::testing::Values(RefusedCase{"Missing", ""},
                      RefusedCase{"OtherBody", kSignature, "Hello, World?"},
                      RefusedCase{"OtherSecret", kSignature, kBody, {"guess"}},
                      RefusedCase{"NoSecrets", kSignature, kBody, {}},
                      RefusedCase{
                          "OneDigitOff",
                          absl::StrCat(absl::string_view(kSignature, sizeof kSignature - 2), "8")},
                      RefusedCase{"Short", std::string(kSignature, 20)},
                      RefusedCase{"Sha1", "sha1=a682ce3fe0abf5b5545aadefbb16f90ab70e18ca"},
                      RefusedCase{"NoPrefix", std::string(kSignature + 7)},
                      RefusedCase{"NotHex", absl::StrCat("sha256=", std::string(64, 'z'))}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace clearway
