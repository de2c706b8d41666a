#include "plugin-adapters/tracker/jira/rich_text.h"

#include <cstdint>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace clearway::jira {
namespace {

using nlohmann::json;

// A member of `node` if it is of the wanted kind, else null. Rich text is read leniently: a ticket
// is not lost over a node that is not as documented.
const json* Member(const json* node, const char* name, json::value_t kind) {
  if (node == nullptr || !node->is_object()) return nullptr;
  const auto found = node->find(name);
  return found == node->end() || found->type() != kind ? nullptr : &*found;
}

std::string Text(const json* node, const char* name) {
  const json* text = Member(node, name, json::value_t::string);
  return text == nullptr ? "" : text->get_ref<const std::string&>();
}
std::string Type(const json& node) { return Text(&node, "type"); }

// What a node says of itself beside its content.
std::string Attribute(const json& node, const char* name) {
  return Text(Member(&node, "attrs", json::value_t::object), name);
}

// The nodes of a list within a node; none where there is no such list.
std::vector<const json*> Nodes(const json& node, const char* name) {
  std::vector<const json*> nodes;
  if (const json* list = Member(&node, name, json::value_t::array)) {
    for (const json& item : *list) nodes.push_back(&item);
  }
  return nodes;
}
std::vector<const json*> Content(const json& node) { return Nodes(node, "content"); }

// Puts `first` before the first line and `rest` before the others.
std::string Indent(absl::string_view text, absl::string_view first, absl::string_view rest) {
  return absl::StrCat(first, absl::StrReplaceAll(text, {{"\n", absl::StrCat("\n", rest)}}));
}

bool IsCode(const json& node) {
  for (const json* mark : Nodes(node, "marks")) {
    if (Type(*mark) == "code") return true;
  }
  return false;
}

std::string Date(const json& node) {
  int64_t millis = 0;
  if (!absl::SimpleAtoi(Attribute(node, "timestamp"), &millis)) return "";
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixMillis(millis), absl::UTCTimeZone());
}

bool IsInline(const std::string& type) {
  for (const absl::string_view known :
       {"text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status", "mediaInline",
        "placeholder", "inlineExtension"}) {
    if (type == known) return true;
  }
  return false;
}

std::string Inline(const json& node) {
  const std::string type = Type(node);
  if (type == "text") {
    const std::string text = Text(&node, "text");
    return IsCode(node) ? absl::StrCat("`", text, "`") : text;
  }
  if (type == "hardBreak") return "\n";
  if (type == "mention") {
    const std::string name = Attribute(node, "text");
    if (name.empty()) return absl::StrCat("@", Attribute(node, "id"));
    return name.front() == '@' ? name : absl::StrCat("@", name);
  }
  if (type == "emoji") {
    const std::string text = Attribute(node, "text");
    return text.empty() ? Attribute(node, "shortName") : text;
  }
  if (type == "inlineCard") return Attribute(node, "url");
  if (type == "date") return Date(node);
  return Attribute(node, "text");
}

std::string Block(const json& node);

// A row of inline nodes runs on; blocks are parted by `gap`.
std::string Children(const json& node, absl::string_view gap) {
  std::string out;
  bool after_inline = false;
  for (const json* child : Content(node)) {
    const bool is_inline = IsInline(Type(*child));
    const std::string text = is_inline ? Inline(*child) : Block(*child);
    if (text.empty()) continue;
    if (!out.empty() && !(is_inline && after_inline)) out.append(gap.data(), gap.size());
    out += text;
    after_inline = is_inline;
  }
  return out;
}

std::string List(const json& node, const std::string& type) {
  std::vector<std::string> items;
  int number = 1;
  for (const json* item : Content(node)) {
    std::string bullet = "- ";
    if (type == "orderedList") bullet = absl::StrCat(number++, ". ");
    if (type == "taskList") {
      bullet = Attribute(*item, "state") == "DONE" ? "- [x] " : "- [ ] ";
    }
    items.push_back(Indent(Children(*item, "\n"), bullet, "  "));
  }
  return absl::StrJoin(items, "\n");
}

std::string Table(const json& node) {
  std::vector<std::string> rows;
  for (const json* row : Content(node)) {
    std::vector<std::string> cells;
    for (const json* cell : Content(*row)) {
      cells.push_back(absl::StrReplaceAll(Children(*cell, " "), {{"\n", " "}}));
    }
    rows.push_back(absl::StrJoin(cells, " | "));
  }
  return absl::StrJoin(rows, "\n");
}

std::string Block(const json& node) {
  const std::string type = Type(node);
  if (type == "bulletList" || type == "orderedList" || type == "taskList" ||
      type == "decisionList") {
    return List(node, type);
  }
  if (type == "codeBlock") {
    return absl::StrCat("```", Attribute(node, "language"), "\n", Children(node, ""), "\n```");
  }
  if (type == "blockquote") return Indent(Children(node, "\n\n"), "> ", "> ");
  if (type == "table") return Table(node);
  if (type == "rule") return "---";
  if (type == "blockCard" || type == "embedCard") return Attribute(node, "url");
  if (type == "expand" || type == "nestedExpand") {
    const std::string title = Attribute(node, "title");
    return title.empty() ? Children(node, "\n\n")
                         : absl::StrCat(title, "\n\n", Children(node, "\n\n"));
  }
  return Children(node, "\n\n");
}

}  // namespace

std::string PlainText(const json& document) { return Block(document); }

}  // namespace clearway::jira
