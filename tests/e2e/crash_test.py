"""kill -9 in the middle of a stream of events: whatever was acknowledged is there, exactly once."""

import json
import sqlite3
import subprocess
import threading

import harness
from harness import BUF_CURL, ROOT, ago, event, wait_for

TICKETS = 7
ACKS_BEFORE_KILL = 300
ROUNDS = 3
# Events under way at a time: enough that a kill always cuts some off.
WINDOW = 100


class Stream:
    """StreamTicketEvents by `buf curl`: feeds events for as long as it lives, and keeps what was
    acknowledged."""

    def __init__(self, address, events):
        self.acknowledged = []
        self._room = threading.Semaphore(WINDOW)
        self._given_up = False
        self.process = subprocess.Popen(
            [*BUF_CURL, "--data", "@-",
             f"http://{address}/clearway.v1.TicketEventService/StreamTicketEvents"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._threads = [threading.Thread(target=self._feed, args=(events,)),
                         threading.Thread(target=self._read)]
        for thread in self._threads:
            thread.start()

    def _feed(self, events):
        try:
            for e in events:
                self._room.acquire()
                if self._given_up:
                    break
                self.process.stdin.write(json.dumps({"event": e}) + "\n")
                self.process.stdin.flush()
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # the stream broke: that is what the test is about

    def _read(self):
        # Answers are printed as indented JSON: each ends with a brace in the first column.
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line.startswith("}"):
                answer = json.loads("".join(lines))
                lines = []
                self._room.release()
                if "ingested" in answer:
                    self.acknowledged.append((answer["eventId"], answer["ingested"]["result"]))
        self.give_up()

    def give_up(self):
        """Feeds no more."""
        self._given_up = True
        self._room.release()

    def end(self):
        """Waits until all is answered, or the stream broke."""
        self.process.wait(60)
        for thread in self._threads:
            thread.join(60)
        self.process.stdout.close()


class CrashTest(harness.EndToEndTest):

    def test_acknowledged_events_survive_kill_9_exactly_once(self):
        sent, acknowledged = {}, set()

        def endless(round_number):
            """Comments to a few tickets, by turns; an id is never used twice."""
            for i in range(1_000_000):
                key = f"CRASH-{i % TICKETS}"
                event_id = f"r{round_number}-{i}"
                sent[event_id] = event(
                    event_id, key, ago(seconds=1),
                    ticketMask="title,description",
                    ticket={"title": harness.STUCK_TITLE, "description": harness.STUCK_TEXT},
                    commentUpserts=[{"id": event_id, "author": "dev", "body": f"note {i}"}])
                yield sent[event_id]

        for round_number in range(ROUNDS):
            program = self.start_clearwayd()
            stream = Stream(self.grpc_address, endless(round_number))
            self.addCleanup(stream.process.kill)
            wait_for(lambda s=stream: len(s.acknowledged) >= ACKS_BEFORE_KILL,
                     "enough events to be acknowledged", 60)
            program.kill()
            stream.give_up()
            stream.end()
            results = dict(stream.acknowledged)
            self.assertEqual(len(results), len(stream.acknowledged), "an event was answered twice")
            self.assertEqual(set(results.values()), {"INGEST_RESULT_APPLIED"})
            acknowledged |= set(results)

        self.start_clearwayd()
        self.assertLess(len(acknowledged), len(sent), "the kills came too late to cut anything off")
        self.assert_each_is_there_once(acknowledged, sent)

        # The sender repeats everything; what was lost is made up for, nothing is taken twice.
        again = Stream(self.grpc_address, list(sent.values()))
        self.addCleanup(again.process.kill)
        again.end()
        results = dict(again.acknowledged)
        self.assertEqual(set(results), set(sent))
        for event_id in acknowledged:
            self.assertEqual(results[event_id], "INGEST_RESULT_DUPLICATE", event_id)
        self.assert_each_is_there_once(set(sent), sent)
        blockers = self.blockers()
        self.assertEqual(sorted(b["ticket"] for b in blockers),
                         [f"CRASH-{i}" for i in range(TICKETS)])

    def assert_each_is_there_once(self, ids, sent):
        """In the log of ids, and as comments in the tickets' own states."""
        with sqlite3.connect(f"file:{self.folder}/clearway.db?mode=ro", uri=True) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            stored = [row[0] for row in database.execute("SELECT event_id FROM events")]
            states = dict(database.execute("SELECT ticket, state FROM tickets"))
            openings = database.execute(
                "SELECT ticket, count(*) FROM blockers GROUP BY ticket").fetchall()
        database.close()
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(ids - set(stored), set(), "acknowledged, yet not there")
        self.assertEqual({n for _, n in openings}, {1}, "a ticket got stuck more than once")
        in_tickets = []
        for key, state in states.items():
            for comment in self.decoded(state)["comments"]:
                comment_id = comment["comment"]["id"]
                self.assertEqual(sent[comment_id]["ticket"]["key"], key)
                in_tickets.append(comment_id)
        # Ids and states are written together or not at all.
        self.assertEqual(sorted(in_tickets), sorted(stored))

    def decoded(self, state):
        done = subprocess.run(
            [harness.programs.BUF, "convert", "proto", "--type", "clearway.storage.v1.TicketState",
             "--from", "-#format=binpb", "--to", "-#format=json"],
            input=state, capture_output=True, timeout=60, check=True, cwd=ROOT)
        return json.loads(done.stdout)


if __name__ == "__main__":
    harness.main()
