"""kill -9 in the middle of a stream of events: whatever was acknowledged is there, exactly once."""

import sqlite3

import harness
from event_stream import Stream
from harness import ago, event, wait_for

TICKETS = 7
ACKS_BEFORE_KILL = 300
ROUNDS = 3


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
            for comment in self.decoded_state(state)["comments"]:
                comment_id = comment["comment"]["id"]
                self.assertEqual(sent[comment_id]["ticket"]["key"], key)
                in_tickets.append(comment_id)
        # Ids and states are written together or not at all.
        self.assertEqual(sorted(in_tickets), sorted(stored))


if __name__ == "__main__":
    harness.main()
