"""The documents keep up with the code: links lead somewhere, metrics and settings are all told."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def text_of(*parts):
    return ROOT.joinpath(*parts).read_text("utf-8")


def anchors_of(text):
    """The anchors of a Markdown text's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


class DocsTest(unittest.TestCase):

    def test_links_lead_somewhere(self):
        broken, seen = [], 0
        for document in DOCUMENTS:
            text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match(r"[a-z]+:", target):
                    continue
                seen += 1
                path, _, anchor = target.partition("#")
                file = (document.parent / path).resolve() if path else document
                if not file.exists() or (anchor and anchor not in anchors_of(
                        file.read_text("utf-8"))):
                    broken.append(f"{document.relative_to(ROOT)}: {target}")
        self.assertGreater(seen, 10)
        self.assertEqual(broken, [])

    def test_metrics_in_the_code_are_those_in_the_document(self):
        in_code = set()
        for folder in ("service", "plugin-adapters"):
            for file in (ROOT / folder).rglob("*.cc"):
                in_code |= set(re.findall(r'\.Name\("(\w+)"\)', file.read_text("utf-8")))
        documented = set(re.findall(r"^\| `(\w+)", text_of("docs/metrics.md"), re.MULTILINE))
        self.assertGreater(len(in_code), 10)
        self.assertEqual(in_code, documented)

    def test_every_setting_and_flag_is_documented(self):
        text = text_of("docs/configuration.md")
        for proto in ("server", "gateway"):
            fields = re.findall(r"^  (?:repeated |optional )?[\w.]+ (\w+) = \d+;",
                                text_of(f"proto/clearway/config/v1/{proto}.proto"), re.MULTILINE)
            self.assertGreater(len(fields), 10)
            self.assertEqual([f for f in fields if f"`{f}`" not in text and f".{f}`" not in text], [])
        for options in ("service/main/options.cc", "plugin-adapters/gateway/options.cc"):
            flags = set(re.findall(r'(?:Flag\{|add_option\()"(--[a-z-]+)', text_of(options)))
            self.assertGreater(len(flags), 5)
            self.assertEqual([f for f in sorted(flags) if f"`{f}`" not in text], [])

    def test_decisions_are_dated_and_have_their_sections(self):
        decisions = sorted((ROOT / "docs/adr").glob("*.md"))
        self.assertTrue(decisions)
        for decision in decisions:
            with self.subTest(decision.name):
                self.assertRegex(decision.name, r"^\d{4}-\d\d-\d\d-[a-z0-9-]+\.md$")
                headings = re.findall(r"^## (.*)$", decision.read_text("utf-8"), re.MULTILINE)
                self.assertEqual(headings, ["Status", "Context", "Decision", "Consequences"])


if __name__ == "__main__":
    unittest.main()
