"""clearwayd on a real PostgreSQL server: replicas side by side, one killed in the middle of a stream,
the database stopped and started again."""

import base64
import json
import subprocess

import harness
from event_stream import Stream
from harness import ago, event, programs, stuck_event, wait_for

import postgres_server

TICKETS = 7
ACKS_BEFORE_KILL = 300

# A ladder that falls due while the test looks on.
QUICK_POLICY = """
ladders:
  - name: quick
    steps:
      - {after: 1s, target: PARTY, channel: chat}
      - {after: 2s, target: MANAGER, channel: mail}
"""


# Each project's manager is told by himself: as many messages as projects.
MANY_MANAGERS_POLICY = """
ladders:
  - name: managers
    steps:
      - {after: 1s, target: MANAGER, channel: mail}
"""
MANY = 1500


class PostgresTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        # As in production: what was acknowledged must not depend on a server that is not cut off.
        self.server = postgres_server.PostgresServer({"fsync": "on", "full_page_writes": "on"})
        self.addCleanup(self.server.close)
        self.conninfo = self.folder / "clearway.conninfo"
        self.conninfo.write_text(self.server.create_database("clearway") + "\n", "utf-8")
        self.sent = {}

    def start_replica(self, name, *args):
        """One clearwayd on the test's database; returns it and the addresses it serves at."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        program = self.ended_with_the_test(programs.start_clearwayd(
            harness.BIN, folder, "--store-backend", "postgres", "--postgres-conninfo-file",
            self.conninfo, *args))
        return program, program.serving()

    def stream_to(self, address, events):
        stream = Stream(address, events)
        self.addCleanup(stream.process.kill)
        return stream

    def endless(self, name):
        """Comments to a few tickets that all streams share; an id is never used twice."""
        for i in range(1_000_000):
            event_id = f"{name}-{i}"
            self.sent[event_id] = event(
                event_id, f"PG-{i % TICKETS}", ago(seconds=1), ticketMask="title,description",
                ticket={"title": harness.STUCK_TITLE, "description": harness.STUCK_TEXT},
                commentUpserts=[{"id": event_id, "author": "dev", "body": f"note {i}"}])
            yield self.sent[event_id]

    def rows(self, query):
        return self.server.sql(query, "clearway")

    def assert_each_is_there_once(self, ids):
        """In the log of ids, and as comments in the tickets' own states."""
        stored = [row[0] for row in self.rows("SELECT convert_from(event_id, 'UTF8') FROM events")]
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(ids - set(stored), set(), "acknowledged, yet not there")
        in_tickets = []
        for key, state in self.rows("SELECT convert_from(ticket, 'UTF8'), "
                                    "translate(encode(state, 'base64'), E'\\n', '') FROM tickets"):
            for comment in self.decoded_state(base64.b64decode(state))["comments"]:
                comment_id = comment["comment"]["id"]
                self.assertEqual(self.sent[comment_id]["ticket"]["key"], key)
                in_tickets.append(comment_id)
        # Ids and states are written together or not at all, and no replica overwrote another's.
        self.assertEqual(sorted(in_tickets), sorted(stored))
        self.assertEqual(
            self.rows("SELECT ticket FROM blockers GROUP BY ticket HAVING count(*) > 1"), [],
            "a ticket got stuck more than once")

    def test_a_replica_killed_in_the_middle_of_a_stream_loses_nothing_acknowledged(self):
        doomed, doomed_at = self.start_replica("doomed")
        _, other_at = self.start_replica("other")
        cut_off = self.stream_to(doomed_at["grpc_address"], self.endless("a"))
        goes_on = self.stream_to(other_at["grpc_address"], self.endless("b"))
        wait_for(lambda: len(cut_off.acknowledged) >= ACKS_BEFORE_KILL,
                 "enough events to be acknowledged", 60)
        doomed.kill()
        cut_off.give_up()
        cut_off.end()
        seen = len(goes_on.acknowledged)
        wait_for(lambda: len(goes_on.acknowledged) >= seen + ACKS_BEFORE_KILL,
                 "the other replica to go on", 60)
        goes_on.give_up()
        goes_on.end()
        results = dict(cut_off.acknowledged + goes_on.acknowledged)
        self.assertEqual(len(results), len(cut_off.acknowledged) + len(goes_on.acknowledged))
        self.assertLessEqual(set(results.values()),
                             {"INGEST_RESULT_APPLIED", "INGEST_RESULT_STALE"})
        self.assertLess(len(results), len(self.sent), "the kill came too late to cut anything off")
        self.assert_each_is_there_once(set(results))

        # The sender repeats everything to the other; what was lost is made up for.
        again = self.stream_to(other_at["grpc_address"], list(self.sent.values()))
        again.end()
        repeated = dict(again.acknowledged)
        self.assertEqual(set(repeated), set(self.sent))
        for event_id in results:
            self.assertEqual(repeated[event_id], "INGEST_RESULT_DUPLICATE", event_id)
        self.assert_each_is_there_once(set(self.sent))

    def test_the_database_stopped_and_started_again(self):
        _, at = self.start_replica("only")
        self.grpc_address, self.http_address = at["grpc_address"], at["http_address"]

        def ready():
            return self.http_get(self.http_address, "/readyz")[0]

        self.assertEqual(ready(), 200)
        stream = self.stream_to(at["grpc_address"], self.endless("a"))
        wait_for(lambda: len(stream.acknowledged) >= 100, "events to be acknowledged", 60)
        self.server.stop()
        wait_for(lambda: ready() == 503, "readiness to say no")
        refused = self.rpc("TicketEventService/IngestTicketEvent", {"event": event("away")})
        self.assertEqual(refused.code, 14, refused)
        self.assertEqual(self.http_get(self.http_address, "/healthz")[0], 200)
        self.server.start()
        wait_for(lambda: ready() == 200, "readiness to say yes")
        seen = len(stream.acknowledged)
        wait_for(lambda: len(stream.acknowledged) >= seen + 100, "ingest to go on", 60)
        stream.give_up()
        stream.end()
        self.assert_each_is_there_once({event_id for event_id, _ in stream.acknowledged})

    def test_no_step_is_taken_twice_and_watchers_hear_of_both_replicas(self):
        policy = self.folder / "policy.yaml"
        policy.write_text(QUICK_POLICY, "utf-8")
        args = ["--policy-file", policy, "--sweep-interval", "50ms", "--gather", "0s",
                "--max-messages-per-minute", "0"]
        _, first = self.start_replica("first", *args)
        _, second = self.start_replica("second", *args)
        self.grpc_address = first["grpc_address"]
        heard = self.folder / "heard.jsonl"
        with open(heard, "wb") as out:
            watch = subprocess.Popen(
                [harness.BIN / "clearway", "watch", "--address", second["grpc_address"], "--cursor",
                 "0", "--format", "json"], stdout=out)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        events = [stuck_event(f"e{i}", f"DUE-{i}", ago(seconds=0)) for i in range(20)]
        stream = self.stream_to(self.grpc_address, events)
        stream.end()
        self.assertEqual(len(stream.acknowledged), 20)
        # Two steps each, by whichever replica came first; steps due together count as the highest.
        wait_for(lambda: self.rows("SELECT count(*) FROM blockers WHERE escalation_level = 2")
                 == [["20"]], "all steps to be taken")
        taken = int(self.rows("SELECT count(*) FROM escalation_steps")[0][0])
        counted = sum(self.metric("clearway_escalations_total", at["http_address"], outcome="taken")
                      for at in (first, second))
        self.assertEqual(counted, taken)
        messages = int(self.rows("SELECT count(*) FROM escalations")[0][0])
        self.assertLess(messages, taken, "those due together are told together")
        heard_of = wait_for(lambda: self.heard(heard, messages), "the watcher to hear of all")
        self.assertEqual(len({message["name"] for message in heard_of}), messages)
        told = [(blocker, level) for message in heard_of for blocker, level in self.told(message)]
        self.assertEqual(len(told), taken)
        self.assertEqual(len(set(told)), taken, "a step was told twice")

    def test_a_replica_killed_in_the_middle_of_a_sweep_tells_nothing_twice_and_forgets_nothing(self):
        policy = self.folder / "policy.yaml"
        policy.write_text(MANY_MANAGERS_POLICY, "utf-8")
        args = ["--policy-file", policy, "--max-messages-per-minute", "0"]
        # Takes the events in and goes before any step is due.
        first, at = self.start_replica("first", *args, "--sweep-interval", "1h")
        now = ago(seconds=-1)
        stream = self.stream_to(at["grpc_address"], [
            stuck_event(f"e{i}", f"P{i}-1", now) for i in range(MANY)])
        stream.end()
        self.assertEqual(len(stream.acknowledged), MANY)
        first.kill()
        wait_for(lambda: self.rows(
            "SELECT count(*) FROM blockers WHERE next_escalation_time_us "
            "> extract(epoch FROM now()) * 1000000") == [["0"]], "all steps to be due")

        doomed, _ = self.start_replica("doomed", *args, "--sweep-interval", "50ms")
        wait_for(lambda: self.rows("SELECT count(*) FROM escalations") != [["0"]],
                 "the sweep to begin")
        doomed.kill()
        _, other_at = self.start_replica("other", *args, "--sweep-interval", "50ms")
        wait_for(lambda: self.rows("SELECT count(*) FROM blockers WHERE escalation_level = 1")
                 == [[str(MANY)]], "the other to take the rest", 60)
        self.assertEqual(self.rows("SELECT count(*), count(DISTINCT blocker_id) "
                                   "FROM escalation_steps"), [[str(MANY), str(MANY)]])
        # Who was listening to the killed one starts again from what he saw last: here, nothing.
        heard = self.folder / "heard.jsonl"
        with open(heard, "wb") as out:
            watch = subprocess.run(
                [harness.BIN / "clearway", "watch", "--address", other_at["grpc_address"],
                 "--cursor", "0", "--count", str(MANY), "--format", "json"], stdout=out, timeout=60,
                check=False)
        self.assertEqual(watch.returncode, 0)
        told = [pair for message in self.heard(heard, MANY) for pair in self.told(message)]
        self.assertEqual(len(set(told)), MANY)
        self.assertEqual(len(told), MANY, "a step was told twice")

    def heard(self, file, count):
        """The escalations that a watcher wrote down, once there are so many."""
        lines = file.read_text("utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        return [json.loads(line) for line in whole] if len(whole) >= count else None

    @staticmethod
    def told(message):
        """The blockers that a message tells of, and the level of each."""
        return [(member["blocker"], member["level"]) for member in message.get("members") or [message]]

    def test_an_older_program_refuses_a_newer_schema(self):
        program, _ = self.start_replica("new")
        program.stop()
        self.rows("INSERT INTO clearway_schema (version, name) VALUES (1000, '1000_future')")
        old = self.run_program("clearwayd", "--grpc-address", "127.0.0.1:0", "--http-address",
                               "127.0.0.1:0", "--store-backend", "postgres",
                               "--postgres-conninfo-file", self.conninfo)
        self.assertEqual(old.returncode, 1)
        self.assertIn("schema version 1000", old.stderr)
        self.assertIn("start the newer clearwayd", old.stderr)

    def test_a_server_that_is_not_there_is_one_clear_line_without_the_password(self):
        self.conninfo.write_text(f"host={self.folder} user=u dbname=d password=hush\n", "utf-8")
        away = self.run_program("clearwayd", "--grpc-address", "127.0.0.1:0", "--http-address",
                                "127.0.0.1:0", "--store-backend", "postgres",
                                "--postgres-conninfo-file", self.conninfo)
        self.assertEqual(away.returncode, 1)
        self.assertIn("PostgreSQL cannot be reached", away.stderr)
        self.assertNotIn("hush", away.stderr + away.stdout)


if __name__ == "__main__":
    harness.main()
