#include "service/escalation/template.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

using Fact = std::pair<absl::string_view, std::string TemplateFacts::*>;

constexpr std::array<Fact, 6> kFacts = {{
    {"{ticket}", &TemplateFacts::ticket},
    {"{title}", &TemplateFacts::title},
    {"{party}", &TemplateFacts::party},
    {"{age}", &TemplateFacts::age},
    {"{since}", &TemplateFacts::since},
    {"{project}", &TemplateFacts::project},
}};

// The fact that `text` begins with; nullptr when it begins with none.
const Fact* FactAt(absl::string_view text) {
  for (const Fact& fact : kFacts) {
    if (text.substr(0, fact.first.size()) == fact.first) return &fact;
  }
  return nullptr;
}

}  // namespace

absl::Status CheckTemplate(absl::string_view text) {
  for (size_t at = text.find_first_of("{}"); at != absl::string_view::npos;
       at = text.find_first_of("{}", at)) {
    const Fact* fact = FactAt(text.substr(at));
    if (fact == nullptr) {
      std::string known;
      for (const Fact& each : kFacts)
        absl::StrAppend(&known, known.empty() ? "" : ", ", each.first);
      const size_t end = text.find('}', at);
      return absl::InvalidArgumentError(absl::StrCat(
          "has the brace \"", text.substr(at, end == absl::string_view::npos ? 1 : end - at + 1),
          "\"; known are ", known));
    }
    at += fact->first.size();
  }
  return absl::OkStatus();
}

std::string RenderTemplate(absl::string_view text, const TemplateFacts& facts) {
  std::string out;
  out.reserve(text.size() * 2);
  for (size_t brace = text.find('{'); brace != absl::string_view::npos; brace = text.find('{')) {
    const Fact* fact = FactAt(text.substr(brace));
    if (fact == nullptr) {
      absl::StrAppend(&out, text.substr(0, brace + 1));
      text.remove_prefix(brace + 1);
      continue;
    }
    absl::StrAppend(&out, text.substr(0, brace), facts.*(fact->second));
    text.remove_prefix(brace + fact->first.size());
  }
  absl::StrAppend(&out, text);
  return out;
}

}  // namespace clearway
