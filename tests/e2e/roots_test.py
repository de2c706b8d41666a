"""The whole life of a root and its leaves over the real programs: held back, told, set free, replayed, erased."""

import contextlib
import sqlite3

import harness
from harness import ago, programs, stuck_event, wait_for

import postgres_server

ROOT, LEAVES = "PAY-1", ["PAY-2", "PAY-3", "PAY-4"]
AUTHOR = "557058:zqxj"
SECRET = "ZQXJ nobody else writes this"

ROOT_TEXT = ("We are blocked. The work is done on our side, but we are still waiting for the platform team to "
             "deliver the new API that we depend on.")
LEAF_TEXT = ("We are blocked. The feature is finished, but we are still waiting for the sign-off from the security "
             "team and cannot ship without their approval.")
END_TEXT = "Unblocked, the platform team delivered the API this morning. Done and shipped, thanks everybody."

POLICY = ("ladders: [{{name: {name}, steps: [{{after: 1h, target: PARTY, channel: chat}},"
          " {{after: {second}, target: MANAGER, channel: mail}}]}}]\n")


class RootsTest(harness.EndToEndTest):
    """Over SQLite."""

    def store_arguments(self):
        return ()

    def setUp(self):
        super().setUp()
        replays = self.folder / "replay"
        replays.mkdir()
        policy = self.folder / "policy.yaml"
        policy.write_text(POLICY.format(name="quick", second="2d"), "utf-8")
        (replays / "slow.yaml").write_text(POLICY.format(name="slow", second="30d"), "utf-8")
        self.start_clearwayd("--policy-file", policy, "--replay-folder", replays,
                             "--sweep-interval", "100ms", *self.store_arguments())

    def ticket_event(self, key, text, links=(), ticket=None, **fields):
        return stuck_event(f"e-{key}-{text[:9]}", key, **fields, ticket={
            "title": f"Ship {key}", "description": text,
            "links": [{"type": "is blocked by", "key": other} for other in links],
            "comments": [{"id": "c1", "author": AUTHOR, "body": SECRET, "createTime": ago(hours=4)}],
            **(ticket or {})})

    def roots(self):
        answer = self.rpc_ok("RootCauseService/GetRootCauses", {"parent": "tenants/default"})
        self.assertEqual(answer.get("pendingChanges", 0), 0)
        return answer.get("rootCauses", [])

    def settled_roots(self, expected):
        """By root, the tickets that hang on it; waits until all is worked out."""
        def found():
            answer = self.rpc_ok("RootCauseService/GetRootCauses", {"parent": "tenants/default"})
            hanging = {root["ticket"]: sorted(one["ticket"] for one in root["hanging"])
                       for root in answer.get("rootCauses", [])}
            return answer.get("pendingChanges", 0) == 0 and hanging == expected
        wait_for(found, f"the roots {expected}")

    def escalations(self):
        return self.rpc_ok("EscalationService/ListEscalations",
                           {"parent": "tenants/default"}).get("escalations", [])

    def levels(self):
        return {blocker["ticket"]: blocker.get("escalationLevel", 0) for blocker in self.blockers()}

    def history(self, key):
        name = next(b["name"] for b in self.blockers() if b["ticket"] == key)
        blocker = self.rpc_ok("BlockerService/GetBlocker", {"name": name})["blocker"]
        return [change.get("note", "") for change in blocker["history"]]

    def assert_counted(self, *, open_now, resolved, told, messages):
        """The report and the metrics say the same, and that."""
        report = self.rpc_ok("ReportService/GetBlockerReport", {"parent": "tenants/default"})["report"]
        self.assertEqual(int(report["total"].get("open", 0)), open_now)
        self.assertEqual(int(report["total"].get("opened", 0)), open_now + resolved)
        self.assertEqual(int(report["total"].get("resolved", 0)), resolved)
        effects = report.get("escalationEffects", [])
        self.assertEqual(sum(int(effect["told"]) for effect in effects), told)
        self.assertEqual(sum(int(effect.get("resolved", 0)) for effect in effects), resolved)
        self.assertEqual(self.metric("clearway_blockers_opened_total"), open_now + resolved)
        self.assertEqual(self.metric("clearway_blockers_resolved_total"), resolved)
        self.assertEqual(self.metric("clearway_escalations_total", level="1", outcome="taken"), told)
        self.assertEqual(self.metric("clearway_escalations_total", level="1", outcome="resolved"), resolved)
        self.assertEqual(self.metric("clearway_escalation_messages_total"), messages)
        wait_for(lambda: self.metric("clearway_blockers_open") == open_now, "the gauge of open blockers")

    def texts_are_anywhere(self):
        """Whether the author's words stand in any file of the store."""
        return any(SECRET.encode() in path.read_bytes() for path in self.folder.glob("*.db*"))

    def test_from_the_first_message_to_the_erased_author(self):
        # The root is stuck on a team that its text names, and is told at once: it is hours late.
        root = self.ingest(self.ticket_event(ROOT, ROOT_TEXT, time=ago(hours=3)))
        self.assertEqual(root["blocker"]["waitingOn"], "the platform team")
        self.assertEqual([told["level"] for told in self.escalations()], [1])
        for key in LEAVES:
            leaf = self.ingest(self.ticket_event(key, LEAF_TEXT, [ROOT], time=ago(hours=3)))
            self.assertEqual(leaf["blocker"]["waitingOn"], "the security team")
        self.settled_roots({ROOT: LEAVES})
        self.assertEqual(self.levels(), {ROOT: 1, **dict.fromkeys(LEAVES, 0)})
        for key in LEAVES:
            self.assertIn(ROOT, self.history(key)[-1], "why nobody is told about it")
        self.assertIn("the platform team", self.clearway("roots").stdout)
        self.assert_counted(open_now=4, resolved=0, told=1, messages=1)

        # The root ends; what hung on it goes on in one message.
        ended = self.ingest(self.ticket_event(ROOT, END_TEXT, time=ago(seconds=0),
                                              ticket={"status": "Done", "done": True}))
        self.assertEqual(ended["blocker"]["state"], "BLOCKER_STATE_RESOLVED")
        wait_for(lambda: len(self.escalations()) == 2, "the message about the leaves")
        message, first = self.escalations()
        self.assertEqual(sorted(member["ticket"] for member in message["members"]), LEAVES)
        self.assertIn("the security team", message["target"] + message["draftMessage"])
        self.assertEqual(first["blocker"], root["blocker"]["name"])
        self.settled_roots({})
        self.assertEqual({key: level for key, level in self.levels().items() if key in LEAVES},
                         dict.fromkeys(LEAVES, 1))
        self.assert_counted(open_now=3, resolved=1, told=4, messages=2)

        # Another policy would do otherwise with what lasts; to ask changes nothing.
        shown = self.clearway("replay", "--since", "1d", "--policy", "slow.yaml", "--dry-run")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual([line.split()[1] for line in shown.stdout.splitlines() if line.startswith("jira ")],
                         LEAVES, shown.stdout)
        self.assertEqual(shown.stdout.count("  next "), 3, shown.stdout)
        self.assertIn("3 would change", shown.stdout)
        self.assert_counted(open_now=3, resolved=1, told=4, messages=2)

        # The author's words go from everything, and nothing else does.
        self.assert_erased()
        self.assert_counted(open_now=3, resolved=1, told=4, messages=2)
        self.assertGreater(self.metric("clearway_erased_rows_total", kind="author"), 0)
        again = self.ticket_event(LEAVES[0], LEAF_TEXT, [ROOT], time=ago(minutes=1))
        again["eventId"] = "late"
        self.ingest(again)
        self.assertNotIn(SECRET, self.everything())
        self.assert_counted(open_now=3, resolved=1, told=4, messages=2)

    def everything(self):
        """What the API tells of blockers, messages and roots."""
        return repr((self.blockers(), self.escalations(), self.roots()))

    def assert_erased(self):
        done = self.clearway("erase", "--author", AUTHOR, "--actor", "dpo", "--reason", "case 7", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(self.texts_are_anywhere())


class OlderTicketsTest(harness.EndToEndTest):
    """What an older version wrote."""

    MANY = 1500

    def test_tickets_are_linked_after_the_start_though_that_is_killed(self):
        program = self.start_clearwayd()
        self.ingest(stuck_event("e1", "PAY-1000", ticket={
            "links": [{"type": "is blocked by", "key": ROOT}]}))
        self.assertEqual(program.stop(), 0)
        [file] = self.folder.glob("*.db")
        with contextlib.closing(sqlite3.connect(file)) as database:
            self.make_older(database)

        self.start_clearwayd().kill()
        self.start_clearwayd()
        def linked():
            answer = self.rpc_ok("RootCauseService/GetRootCauses", {"parent": "tenants/default"})
            return [int(root["tickets"]) for root in answer.get("rootCauses", [])] == [self.MANY]
        wait_for(linked, "all that hangs on the root")
        with contextlib.closing(sqlite3.connect(file)) as database:
            wait_for(lambda: database.execute("SELECT count(*) FROM link_backfill").fetchone() == (0,),
                     "the end of the pass")

    def make_older(self, database):
        """As before links were kept, and many times the one ticket."""
        [[state]] = database.execute("SELECT state FROM tickets")
        links_kept = b"\x40\x01"
        self.assertTrue(state.endswith(links_kept))
        state = state[:-len(links_kept)]
        with database:
            for table in ("tickets", "dependencies", "link_changes", "hanging", "roots"):
                database.execute(f"DELETE FROM {table}")
            for number in range(1000, 1000 + self.MANY):
                key = f"PAY-{number}"
                database.execute(
                    "INSERT INTO tickets (tenant, source, ticket, state) VALUES ('default', 'jira', ?, ?)",
                    (key, state.replace(b"PAY-1000", key.encode())))
            database.execute("INSERT INTO link_backfill VALUES ('', '', '')")


class PostgresRootsTest(RootsTest):
    """Over PostgreSQL."""

    def store_arguments(self):
        server = postgres_server.PostgresServer()
        self.addCleanup(server.close)
        conninfo = self.folder / "clearway.conninfo"
        conninfo.write_text(server.create_database("clearway") + "\n", "utf-8")
        self.server = server
        return ("--store-backend", "postgres", "--postgres-conninfo-file", conninfo)

    def texts_are_anywhere(self):
        """Whether the author's words stand in any ticket; kept events are compressed."""
        [[count]] = self.server.sql("SELECT count(*) FROM tickets WHERE position("
                                    f"convert_to('{SECRET}', 'UTF8') IN state) > 0", "clearway")
        return int(count) > 0


if __name__ == "__main__":
    harness.main()
