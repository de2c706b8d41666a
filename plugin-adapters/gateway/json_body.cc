#include "plugin-adapters/gateway/json_body.h"

#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

// Deep enough for rich text documents (two levels for each of theirs), shallow enough for
// recursion.
constexpr int kMaxDepth = 100;
// A value takes up to 100 bytes of memory for two bytes of text.
constexpr int kMaxValues = 500'000;

// Walks through a text without keeping anything and stops at the first fault or bound.
class Guard : public nlohmann::json::json_sax_t {
 public:
  const std::string& fault() const { return fault_; }

  bool null() override { return Count(); }
  bool boolean(bool) override { return Count(); }
  bool number_integer(number_integer_t) override { return Count(); }
  bool number_unsigned(number_unsigned_t) override { return Count(); }
  bool number_float(number_float_t, const string_t&) override { return Count(); }
  bool string(string_t&) override { return Count(); }
  bool binary(binary_t&) override { return Count(); }
  bool key(string_t&) override { return Count(); }
  bool start_object(std::size_t) override { return Enter(); }
  bool start_array(std::size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }
  // The library's message quotes the text, so only the place is kept.
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    fault_ = absl::StrCat("is not valid JSON in UTF-8: fault at byte ", position);
    return false;
  }

 private:
  bool Count() {
    if (++values_ <= kMaxValues) return true;
    fault_ = absl::StrCat("has more than ", kMaxValues, " values");
    return false;
  }
  bool Enter() {
    if (++depth_ <= kMaxDepth) return Count();
    fault_ = absl::StrCat("is nested deeper than ", kMaxDepth, " levels");
    return false;
  }
  bool Leave() {
    --depth_;
    return true;
  }

  int depth_ = 0;
  int values_ = 0;
  std::string fault_;
};

int HexDigit(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  return absl::ascii_isxdigit(c) ? absl::ascii_tolower(c) - 'a' + 10 : -1;
}

// Undoes application/x-www-form-urlencoded; a "%" that begins no code stands for itself.
std::string DecodeForm(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

absl::StatusOr<std::string> PayloadOfForm(absl::string_view body) {
  for (absl::string_view field : absl::StrSplit(body, '&')) {
    if (absl::ConsumePrefix(&field, "payload=")) return DecodeForm(field);
  }
  return absl::InvalidArgumentError(
      "the form has no field \"payload\"; send JSON with \"content-type: application/json\"");
}

}  // namespace

absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text) {
  Guard guard;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &guard)) {
    return absl::InvalidArgumentError(absl::StrCat("the body ", guard.fault()));
  }
  return nlohmann::json::parse(text.begin(), text.end(), /*cb=*/nullptr,
                               /*allow_exceptions=*/false);
}

absl::StatusOr<nlohmann::json> ParseJsonBody(const Webhook& webhook) {
  const std::string type = absl::AsciiStrToLower(webhook.header("content-type"));
  const std::string media(absl::StripAsciiWhitespace(type.substr(0, type.find(';'))));
  std::string payload;
  absl::string_view text = webhook.body;
  if (media == "application/x-www-form-urlencoded") {
    ASSIGN_OR_RETURN(payload, PayloadOfForm(webhook.body));
    text = payload;
  } else if (!media.empty() && media != "application/json" && !absl::EndsWith(media, "+json")) {
    return absl::UnimplementedError(
        "the content type must be application/json or application/x-www-form-urlencoded");
  }
  ASSIGN_OR_RETURN(nlohmann::json document, ParseJson(text));
  if (!document.is_object()) {
    return absl::InvalidArgumentError("the body is JSON, but not an object");
  }
  return document;
}

}  // namespace clearway
