"""The `clearway` command line, alone and against a running service."""

import json
import os
import pty
import subprocess

import harness
from harness import ago, stuck_event, wait_for

RECORD = {"id": "r-1", "lang": "en", "title": harness.STUCK_TITLE,
          "description": harness.STUCK_TEXT, "comments": [], "status": "Blocked", "labels": [],
          "links": []}
KEYS = ["id", "category", "reason", "secondary", "confidence", "waiting_on", "evidence",
        "model_version"]


class ClassifyTest(harness.EndToEndTest):

    def classify(self, text):
        path = self.folder / "records.jsonl"
        path.write_bytes(text)
        return path, self.run_program("clearway", "classify", "--jsonl", str(path))

    def test_each_record_gets_one_line_in_the_agreed_form(self):
        _, done = self.classify((json.dumps(RECORD) + "\n" + json.dumps(
            {**RECORD, "id": "r-2", "category": "TECHNICAL", "unknown": [1]}) + "\n").encode())
        self.assertEqual(done.returncode, 0, done.stderr)
        first, second = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(list(first), KEYS)
        self.assertEqual((first["id"], first["category"]), ("r-1", "CROSS_TEAM"))
        self.assertEqual(list(first["evidence"][0]), ["field", "begin", "end", "text", "begin_code_point",
                                                      "end_code_point", "weight"])
        # A label that a record carries is not looked at.
        self.assertEqual({**second, "id": "r-1"}, first)

    def test_malformed_line_is_named_and_the_rest_goes_on(self):
        good = json.dumps(RECORD).encode()
        path, done = self.classify(good + b"\n{oops\n" + good + b"\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{path}:2:", done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_text_that_is_no_utf8_does_no_harm(self):
        text = json.dumps(RECORD).encode().replace(b"Release", b"Rel\xff\xfease")
        _, done = self.classify(text + b"\n" + json.dumps({**RECORD, "id": "r-2"}).encode() + b"\n")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["id"], "r-2")

    def test_wrong_usage_ends_with_2(self):
        for args in ([], ["no-such-command"], ["classify", "--no-such-flag"]):
            with self.subTest(args):
                self.assertEqual(self.run_program("clearway", *args).returncode, 2)

    def test_built_in_files_are_sound_and_faults_are_named(self):
        for kind, file in (("policy", "policy.yaml"), ("playbooks", "playbooks.yaml")):
            shipped = harness.ROOT / "service/escalation/data" / file
            done = self.run_program("clearway", kind, "check", str(shipped))
            self.assertEqual(done.returncode, 0, done.stderr)
        bad = self.folder / "bad.yaml"
        bad.write_text("ladders:\n  - name: x\n    steps: []\n", "utf-8")
        done = self.run_program("clearway", "policy", "check", str(bad))
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(bad), done.stderr)


class ExplainTest(harness.EndToEndTest):
    """`clearway explain` on a pipe and on a terminal."""

    def explain_on_a_terminal(self, **environment):
        ours, theirs = pty.openpty()
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            with subprocess.Popen(
                    [harness.BIN / "clearway", "explain"], stdin=subprocess.PIPE, stdout=theirs,
                    env={"TERM": "xterm", **environment}) as process:
                os.close(theirs)
                process.stdin.write(json.dumps(RECORD).encode())
                process.stdin.close()
                text = b""
                try:
                    while block := terminal.read(4096):
                        text += block
                except OSError:  # how Linux says that the other end is closed
                    pass
            self.assertEqual(process.returncode, 0)
        return text.decode()

    def test_a_pipe_gets_marks_in_place_of_colours(self):
        done = self.run_program("clearway", "explain", stdin=json.dumps(RECORD))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("CROSS_TEAM / "), done.stdout)
        self.assertRegex(done.stdout, r"\[\[.*legal.*\]\]\(\+\d+\.\d\d\)")
        self.assertNotIn("\x1b", done.stdout)

    def test_a_terminal_gets_colours_unless_no_color_is_set(self):
        self.assertIn("\x1b[", self.explain_on_a_terminal())
        self.assertIn("\x1b[", self.explain_on_a_terminal(NO_COLOR=""))
        self.assertNotIn("\x1b", self.explain_on_a_terminal(NO_COLOR="1"))
        self.assertNotIn("\x1b", self.explain_on_a_terminal(TERM="dumb"))


class ClientTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.start_clearwayd()

    def done(self, *args, stdin=""):
        result = self.clearway(*args, stdin=stdin)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_blockers_are_listed_taken_up_judged_and_ended(self):
        self.ingest(stuck_event("e1", time=ago(hours=2)))
        listed = [json.loads(line) for line in self.done(
            "blockers", "list", "--format", "json").splitlines()]
        self.assertEqual([b["ticket"] for b in listed], ["PAY-1"])
        self.assertIn("PAY-1", self.done("blockers", "list"))
        number = listed[0]["name"].rsplit("/", 1)[1]
        self.done("blockers", "ack", number, "--actor", "lead")
        self.done("feedback", number, "--actor", "lead", "--category", "CROSS_TEAM")
        self.done("blockers", "resolve", number, "--actor", "lead", "--note", "signed")
        self.assertIn("signed", self.done("blockers", "get", number))
        self.assertEqual(self.blockers()[0]["state"], "BLOCKER_STATE_RESOLVED")

    def test_judgements_hold_and_are_exported_as_records_to_train_on(self):
        blocker = self.ingest(stuck_event("e1", time=ago(hours=2)))["blocker"]
        number = blocker["name"].rsplit("/", 1)[1]
        self.ingest(stuck_event("e2", key="PAY-2", ticket={
            "title": "Tidy up the readme", "description": "Nothing special.",
            "status": "In Progress"}))
        self.done("feedback", number, "--actor", "ann", "--category", "COMMUNICATION")
        self.done("feedback", number, "--actor", "ann", "--category", "RESOURCE", "--reason",
                  "STAFFING", "--waiting-on", "HR")
        self.done("feedback", "--source", "jira", "--ticket", "PAY-2", "--actor", "ann",
                  "--category", "CROSS_TEAM", "--reason", "TEAM_DEPENDENCY")
        self.ingest(stuck_event("e3", time=ago(hours=1), commentUpserts=[
            {"id": "1", "author": "dev", "body": "Still no sign-off from legal."}]))
        held = {b["ticket"]: b["category"] for b in self.blockers()}
        self.assertEqual(held, {"PAY-1": "CATEGORY_RESOURCE", "PAY-2": "CATEGORY_CROSS_TEAM"})

        exported = self.done("feedback", "export", "--since", "1d")
        records = [json.loads(line) for line in exported.splitlines()]
        self.assertEqual([(r["title"], r["category"], r["reason"]) for r in records],
                         [("Tidy up the readme", "CROSS_TEAM", "TEAM_DEPENDENCY"),
                          (harness.STUCK_TITLE, "RESOURCE", "STAFFING")])
        self.assertEqual((records[1]["waiting_on"], records[1]["comments"]), ("HR", []))
        self.assertEqual(len({r["id"] for r in records}), 2)
        path = self.folder / "feedback.jsonl"
        path.write_text(exported, "utf-8")
        done = self.run_program("clearway", "evaluate", str(path))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2", done.stdout)

    def test_feedback_without_a_subject_or_category_is_wrong_usage(self):
        for args in (["--category", "RESOURCE"], ["7"], ["--source", "jira", "--category", "RESOURCE"],
                     ["7", "--ticket", "PAY-1", "--category", "RESOURCE"]):
            with self.subTest(args):
                self.assertEqual(self.clearway("feedback", *args, "--actor", "ann").returncode, 2)

    def test_report_comes_in_three_forms_and_two_languages(self):
        self.ingest(stuck_event("e1", time=ago(days=2), ticket={"title": "a | pipe"}))
        report = json.loads(self.done("report", "--since", "30d", "--format", "json"))
        self.assertEqual(report["total"]["open"], 1)
        for form in ("table", "markdown"):
            self.assertIn("PAY-1", self.done("report", "--since", "30d", "--format", form))
            self.assertRegex(self.done("report", "--format", form, "--lang", "zh"), "[\u4e00-\u9fff]")

    def test_escalations_are_shown_with_their_drafts(self):
        self.ingest(stuck_event("e1", time=ago(days=2)))
        self.assertIn("PAY-1", self.done("escalations", "list"))

    def test_roots_are_listed_with_what_hangs_on_them(self):
        self.ingest(stuck_event("e1", "PAY-2", time=ago(days=2), ticket={
            "links": [{"type": "depends on", "key": "LEG-1"}]}))

        def found(*more):
            return [json.loads(line)
                    for line in self.done("roots", "--format", "json", *more).splitlines()]

        wait_for(found, "the root to be worked out")
        root = found("--daily-cost", "100", "--project", "PAY")[0]
        self.assertEqual((root["ticket"], root["known"], root["tickets"]), ("LEG-1", False, "1"))
        self.assertGreater(root["cost"], 150)
        self.assertEqual(found("--project", "HR"), [])
        table = self.done("roots", "--daily-cost", "100")
        for words in ("LEG-1", "never seen", "PAY-2", "COST"):
            self.assertIn(words, table)

    def test_ingest_sends_a_file_and_repeating_it_changes_nothing(self):
        path = self.folder / "records.jsonl"
        path.write_text("".join(json.dumps({**RECORD, "id": f"r-{i}"}) + "\n" for i in range(5)),
                        "utf-8")
        for _ in range(2):
            self.done("ingest", "--jsonl", str(path), "--source", "import")
        self.assertEqual(len(self.blockers()), 5)
        self.assertEqual(self.metric("clearway_ticket_events_total", result="applied"), 5)
        self.assertEqual(self.metric("clearway_ticket_events_total", result="duplicate"), 5)

    def test_errors_are_one_line_with_code_and_exit_1(self):
        done = self.clearway("blockers", "get", "999")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("NOT_FOUND", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        done = self.clearway("blockers", "list", "--filter", "colour = red")
        self.assertEqual(done.returncode, 1)
        self.assertIn("INVALID_ARGUMENT", done.stderr)

    def test_service_that_is_not_there_is_exit_1(self):
        done = self.run_program("clearway", "blockers", "list", "--address", "127.0.0.1:1",
                                "--timeout", "2s")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


if __name__ == "__main__":
    harness.main()
