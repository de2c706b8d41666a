"""Kept events are replayed, texts are erased for good, what is over is deleted."""

import contextlib
import datetime
import sqlite3

import harness
from harness import STUCK_TEXT, STUCK_TITLE, ago, programs, stuck_event

SECRET = "ZQXJ nobody else writes this"
AUTHOR = "557058:zqxj"

QUICK_POLICY = """
ladders:
  - name: quick
    steps:
      - {after: 1h, target: MANAGER, channel: mail}
"""


class RetentionTest(harness.EndToEndTest):

    def commented(self, event_id, time):
        return stuck_event(event_id, time=time, ticket={
            "comments": [{"id": "c1", "author": AUTHOR, "body": SECRET, "createTime": ago(hours=5)}]})

    def in_files(self, text):
        """Whether a text stands in any file of the database."""
        return [path.name for path in self.folder.glob("*.db*") if text.encode() in path.read_bytes()]

    def test_an_authors_texts_go_from_the_files_and_stay_away(self):
        program = self.start_clearwayd()
        self.ingest(self.commented("e1", ago(hours=4)))
        self.assertTrue(self.in_files(SECRET))
        refused = self.clearway("erase", "--author", AUTHOR, "--actor", "dpo")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--yes", refused.stderr)
        done = self.clearway("erase", "--author", AUTHOR, "--actor", "dpo", "--reason", "case 7", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.in_files(SECRET), [])
        self.assertEqual(self.in_files(AUTHOR), [])

        self.ingest(self.commented("e2", ago(minutes=1)))
        self.assertEqual(self.in_files(SECRET), [], "a new delivery brings nothing back")
        listed = self.clearway("erasures")
        self.assertIn("case 7", listed.stdout)
        self.assertNotIn(AUTHOR, listed.stdout)
        self.assertEqual(len(self.blockers()), 1, "the structure stays")
        self.assertGreater(self.metric("clearway_erased_rows_total", kind="author"), 0)
        self.assertEqual(program.stop(), 0)

    def test_a_tickets_texts_go(self):
        self.start_clearwayd()
        self.ingest(stuck_event("e1"))
        self.assertTrue(self.in_files(STUCK_TITLE))
        answer = self.rpc_ok("ErasureService/EraseTicketTexts", {
            "parent": "tenants/default", "source": "jira", "ticket": "PAY-1", "actor": "dpo"})
        self.assertTrue(answer["erasure"]["done"])
        self.assertEqual(self.in_files(STUCK_TITLE), [])
        self.assertEqual(self.in_files(STUCK_TEXT), [])

    def test_replay_shows_then_writes(self):
        """Verdicts that were left to people are judged again without that threshold."""
        program = self.start_clearwayd("--review-blocked-below", "1")
        self.ingest(stuck_event("e1", time=ago(days=3)))
        self.assertEqual(self.blockers(), [])
        self.assertEqual(program.stop(), 0)

        self.start_clearwayd()
        shown = self.clearway("replay", "--since", "1h", "--dry-run")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("PAY-1", shown.stdout)
        self.assertIn("none -> OPEN", shown.stdout)
        self.assertIn("1 would change", shown.stdout)
        self.assertEqual(self.blockers(), [])
        unasked = self.clearway("replay", "--since", "1h", "--actor", "ann")
        self.assertEqual(unasked.returncode, 1)
        self.assertIn("--yes", unasked.stderr)
        self.assertEqual(self.blockers(), [])
        written = self.clearway("replay", "--since", "1h", "--actor", "ann", "--yes")
        self.assertEqual(written.returncode, 0, written.stderr)
        self.assertIn("1 changed", written.stdout)
        [blocker] = self.blockers()
        opened = datetime.datetime.fromisoformat(blocker["openTime"][:19])
        self.assertGreater(datetime.datetime.utcnow() - opened, datetime.timedelta(days=2))
        history = self.rpc_ok("BlockerService/GetBlocker", {"name": blocker["name"]})["blocker"]["history"]
        self.assertEqual(history[0]["actor"], "replay")
        self.assertIn("asked by ann", history[0]["note"])
        again = self.clearway("replay", "--since", "1h", "--dry-run")
        self.assertIn("0 would change", again.stdout)

    def test_replay_takes_files_of_its_folder_alone(self):
        folder = self.folder / "replay"
        folder.mkdir()
        (folder / "quick.yaml").write_text(QUICK_POLICY, "utf-8")
        (folder / "bad.model").write_text("no model", "utf-8")
        self.start_clearwayd("--replay-folder", folder)
        self.ingest(stuck_event("e1", time=ago(minutes=5)))
        shown = self.clearway("replay", "--since", "1h", "--policy", "quick.yaml", "--dry-run")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("next", shown.stdout)
        for name, said in (("bad.model", "bad.model"), ("../clearway.db", "replay_folder"),
                           ("none.model", "none.model")):
            refused = self.clearway("replay", "--since", "1h", "--model", name, "--dry-run")
            self.assertEqual(refused.returncode, 1, name)
            self.assertIn(said, refused.stderr)

    def test_a_file_that_keeps_the_room_of_what_is_deleted_is_told_of(self):
        self.assertEqual(self.start_clearwayd().stop(), 0)
        [file] = self.folder.glob("*.db")
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.executescript("PRAGMA auto_vacuum = NONE; VACUUM")
        program = self.start_clearwayd()
        told = [line for line in program.output().splitlines() if "VACUUM" in line]
        self.assertEqual(len(told), 1)
        self.assertIn("level=warning", told[0])
        self.assertIn(file.name, told[0])
        self.assertEqual(program.stop(), 0)
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.executescript("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
        self.assertNotIn("VACUUM", self.start_clearwayd().output())

    def test_raw_events_go_when_their_time_is_over(self):
        program = self.start_clearwayd()
        self.ingest(stuck_event("e1"))
        self.assertEqual(program.stop(), 0)
        self.start_clearwayd("--retention-raw-events", "0s", "--purge-interval", "10ms")
        programs.wait_for(lambda: self.metric("clearway_purged_rows_total", kept="raw_events") == 1,
                          "the purge")
        self.ingest(stuck_event("e2", time=ago(minutes=1)))
        self.assertIn("0 tickets", self.clearway("replay", "--since", "1h", "--dry-run").stdout)
        self.assertIn("raw_events", self.clearway("erasures").stdout)


if __name__ == "__main__":
    harness.main()
