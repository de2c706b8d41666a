#include "service/classify/regions.h"

#include <array>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace clearway {
namespace {

using absl::string_view;

size_t CountDigits(string_view line) {
  size_t digits = 0;
  while (digits < line.size() && absl::ascii_isdigit(static_cast<unsigned char>(line[digits]))) {
    ++digits;
  }
  return digits;
}

// "2026-01-31T09:12" or "09:12:44", in brackets or not.
bool StartsWithTime(string_view line) {
  absl::ConsumePrefix(&line, "[");
  const size_t digits = CountDigits(line);
  if (digits == 2) return line.size() > 5 && line[2] == ':' && line[5] == ':';
  return digits == 4 && line.size() > 12 && line[4] == '-' && line[7] == '-' &&
         CountDigits(line.substr(11)) == 2 && line[13] == ':';
}

// A line that a program wrote: log lines, stack frames, their headings. `line` begins with its
// first visible character.
bool IsLogLine(string_view line) {
  switch (line.front()) {
    case 'a':
      return absl::StartsWith(line, "at ") && line.back() == ')';
    case 'C':
      return absl::StartsWith(line, "Caused by: ");
    case 'F':
      return absl::StartsWith(line, "File \"");
    case 'T':
      return absl::StartsWith(line, "Traceback (");
    case '#':
      return line.size() > 2 && CountDigits(line.substr(1)) > 0 && absl::StrContains(line, " 0x");
    case '[':
      return StartsWithTime(line) || absl::StartsWith(line, "[ERROR]") ||
             absl::StartsWith(line, "[WARN") || absl::StartsWith(line, "[INFO]") ||
             absl::StartsWith(line, "[DEBUG]");
    default:
      return absl::ascii_isdigit(static_cast<unsigned char>(line.front())) && StartsWithTime(line);
  }
}

bool IsQuote(string_view line) { return line.front() == '>' || absl::StartsWith(line, "bq. "); }

// A heading, an empty box to tick, or words in bold that introduce what follows.
bool IsTemplate(string_view line) {
  switch (line.front()) {
    case '#': {
      const size_t marks = line.find_first_not_of('#');
      return marks != string_view::npos && line[marks] == ' ';
    }
    case 'h':
      return line.size() > 3 && CountDigits(line.substr(1)) == 1 && line[2] == '.' &&
             line[3] == ' ';
    case '*':
    case '-':
      if (absl::StartsWith(line, "- [ ]") || absl::StartsWith(line, "* [ ]")) return true;
      return line.size() > 2 && line.front() == '*' && line[1] != ' ' &&
             (absl::EndsWith(line, "*") || absl::EndsWith(line, "*:"));
    case '<':
      return absl::StartsWith(line, "<!--");
    default:
      return absl::StartsWith(line, "【") && absl::EndsWith(line, "】");
  }
}

// A marker that opens a block and what closes it.
struct Fence {
  string_view open;
  string_view close;
  Region region;
};

constexpr std::array<Fence, 5> kFences = {{{"```", "```", Region::kCode},
                                           {"~~~", "~~~", Region::kCode},
                                           {"{code", "{code}", Region::kCode},
                                           {"{noformat", "{noformat}", Region::kCode},
                                           {"{quote", "{quote}", Region::kQuote}}};

const Fence* FenceOf(string_view line) {
  if (line.front() != '`' && line.front() != '~' && line.front() != '{') return nullptr;
  for (const Fence& fence : kFences) {
    if (absl::StartsWith(line, fence.open)) return &fence;
  }
  return nullptr;
}

// By a line's first byte: false where the line is surely prose, as most are.
constexpr std::array<bool, 256> kMayBeSpecial = [] {
  std::array<bool, 256> table{};
  // "【" begins with the last one.
  for (const char first :
       {'`', '~', '{', '>', 'b', '[', 'a', 'C', 'F', 'T', '#', 'h', '*', '-', '<', '\xe3'}) {
    table[static_cast<unsigned char>(first)] = true;
  }
  for (int digit = '0'; digit <= '9'; ++digit) table[static_cast<size_t>(digit)] = true;
  return table;
}();

// Goes through a text line by line.
class LineReader {
 public:
  Region Read(string_view line) {
    line = absl::StripLeadingAsciiWhitespace(line);
    if (open_ != nullptr) {
      const Region region = open_->region;
      if (absl::StrContains(line, open_->close)) open_ = nullptr;
      return region;
    }
    if (line.empty()) return last_;
    last_ = Classify(line);
    return last_;
  }

 private:
  Region Classify(string_view line) {
    if (!kMayBeSpecial[static_cast<unsigned char>(line.front())]) return Region::kProse;
    line = absl::StripTrailingAsciiWhitespace(line);
    if (const Fence* fence = FenceOf(line)) {
      // "{code}x{code}" and "```x```" close on the line that opens them.
      if (!absl::StrContains(line.substr(fence->open.size()), fence->close)) open_ = fence;
      return fence->region;
    }
    if (IsQuote(line)) return Region::kQuote;
    if (IsLogLine(line)) return Region::kCode;
    return IsTemplate(line) ? Region::kTemplate : Region::kProse;
  }

  const Fence* open_ = nullptr;
  Region last_ = Region::kProse;
};

}  // namespace

std::pmr::vector<RegionSpan> ReadRegions(string_view text, std::pmr::memory_resource* memory) {
  std::pmr::vector<RegionSpan> spans(memory);
  LineReader reader;
  for (size_t begin = 0; begin < text.size();) {
    const void* const newline = std::memchr(text.data() + begin, '\n', text.size() - begin);
    const size_t end =
        newline == nullptr
            ? text.size()
            : static_cast<size_t>(static_cast<const char*>(newline) - text.data()) + 1;
    const Region region = reader.Read(text.substr(begin, end - begin));
    // No span means prose as far as it goes.
    if (spans.empty() && region != Region::kProse && begin > 0) {
      spans.push_back({static_cast<uint32_t>(begin), Region::kProse});
    }
    if (!spans.empty() && spans.back().region == region) {
      spans.back().end = static_cast<uint32_t>(end);
    } else if (!spans.empty() || region != Region::kProse) {
      spans.push_back({static_cast<uint32_t>(end), region});
    }
    begin = end;
  }
  return spans;
}

bool IsProseLine(string_view line) {
  line = absl::StripLeadingAsciiWhitespace(line);
  return line.empty() || !kMayBeSpecial[static_cast<unsigned char>(line.front())];
}

bool IsBot(string_view author) {
  // None of the names below ends otherwise, and most people's do.
  constexpr string_view kEndings = "tTsSnNaA]";
  if (author.empty() || !absl::StrContains(kEndings, author.back())) return false;
  constexpr std::array<string_view, 5> kNames = {"bot", "jenkins", "github-actions", "automation",
                                                 "automation for jira"};
  for (const string_view name : kNames) {
    if (absl::EqualsIgnoreCase(author, name)) return true;
  }
  return absl::EndsWithIgnoreCase(author, "[bot]") || absl::EndsWithIgnoreCase(author, "-bot") ||
         absl::EndsWithIgnoreCase(author, "_bot") || absl::EndsWithIgnoreCase(author, " bot");
}

}  // namespace clearway
