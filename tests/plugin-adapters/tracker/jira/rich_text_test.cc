#include "plugin-adapters/tracker/jira/rich_text.h"

#include <string>

#include "gtest/gtest.h"

namespace clearway::jira {
namespace {

struct DocumentCase {
  const char* name;
  // The content of the document.
  const char* content;
  const char* text;
};

class RichTextTest : public ::testing::TestWithParam<DocumentCase> {};

TEST_P(RichTextTest, ReadsAsPlainText) {
  const nlohmann::json document = {
      {"type", "doc"}, {"version", 1}, {"content", nlohmann::json::parse(GetParam().content)}};
  EXPECT_EQ(PlainText(document), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, RichTextTest,
    ::testing::Values(
        DocumentCase{"Nothing", "[]", ""},
        DocumentCase{"Paragraphs", R"([
            {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Why"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "Waiting "},
              {"type": "text", "text": "for legal", "marks": [{"type": "strong"}]},
              {"type": "hardBreak"}, {"type": "text", "text": "since May"}]},
            {"type": "paragraph"}, {"type": "rule"}])",
                     "Why\n\nWaiting for legal\nsince May\n\n---"},
        DocumentCase{"InlineKinds", R"([{"type": "paragraph", "content": [
            {"type": "mention", "attrs": {"id": "5b1", "text": "@Ann"}}, {"type": "text", "text": " "},
            {"type": "mention", "attrs": {"id": "5b2", "text": "Bo"}}, {"type": "text", "text": " "},
            {"type": "mention", "attrs": {"id": "5b3"}}, {"type": "text", "text": " "},
            {"type": "emoji", "attrs": {"shortName": ":x:", "text": "❌"}},
            {"type": "emoji", "attrs": {"shortName": ":own:"}}, {"type": "text", "text": " "},
            {"type": "inlineCard", "attrs": {"url": "https://example.com/1"}},
            {"type": "text", "text": " "},
            {"type": "status", "attrs": {"text": "LATE", "color": "red"}},
            {"type": "text", "text": " "},
            {"type": "date", "attrs": {"timestamp": "1769817600000"}},
            {"type": "text", "text": " "},
            {"type": "text", "text": "make", "marks": [{"type": "code"}]}]}])",
                     "@Ann @Bo @5b3 ❌:own: https://example.com/1 LATE 2026-01-31 `make`"},
        DocumentCase{"CodeAndQuote", R"([
            {"type": "codeBlock", "attrs": {"language": "cpp"},
             "content": [{"type": "text", "text": "int x;\nint y;"}]},
            {"type": "blockquote", "content": [
              {"type": "paragraph", "content": [{"type": "text", "text": "one"}]},
              {"type": "paragraph", "content": [{"type": "text", "text": "two"}]}]}])",
                     "```cpp\nint x;\nint y;\n```\n\n> one\n> \n> two"},
        DocumentCase{"Lists", R"([
            {"type": "orderedList", "content": [
              {"type": "listItem", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "first"}]},
                {"type": "bulletList", "content": [{"type": "listItem", "content": [
                  {"type": "paragraph", "content": [{"type": "text", "text": "inner"}]}]}]}]},
              {"type": "listItem", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "second"}]}]}]},
            {"type": "taskList", "content": [
              {"type": "taskItem", "attrs": {"state": "DONE"},
               "content": [{"type": "text", "text": "ask"}]},
              {"type": "taskItem", "attrs": {"state": "TODO"},
               "content": [{"type": "text", "text": "wait"}]}]}])",
                     "1. first\n  - inner\n2. second\n\n- [x] ask\n- [ ] wait"},
        DocumentCase{"Table", R"([{"type": "table", "content": [
            {"type": "tableRow", "content": [
              {"type": "tableHeader", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "Who"}]}]},
              {"type": "tableHeader", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "What"}]}]}]},
            {"type": "tableRow", "content": [
              {"type": "tableCell", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "legal"}]}]},
              {"type": "tableCell", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "sign"}]},
                {"type": "paragraph", "content": [{"type": "text", "text": "off"}]}]}]}]}])",
                     "Who | What\nlegal | sign off"},
        DocumentCase{"Containers", R"([
            {"type": "panel", "content": [
              {"type": "paragraph", "content": [{"type": "text", "text": "注意"}]}]},
            {"type": "expand", "attrs": {"title": "More"}, "content": [
              {"type": "paragraph", "content": [{"type": "text", "text": "inside"}]}]},
            {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "1"}}]},
            {"type": "aLaterInvention", "content": [
              {"type": "paragraph", "content": [{"type": "text", "text": "kept"}]}]}])",
                     "注意\n\nMore\n\ninside\n\nkept"},
        DocumentCase{"NotAsDocumented",
                     R"([7, null, "x", {"type": 1}, {"content": {}}, {"type": "paragraph",
                        "content": [{"type": "text", "text": 5}, {"type": "text", "text": "ok"}]}])",
                     "ok"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace clearway::jira
