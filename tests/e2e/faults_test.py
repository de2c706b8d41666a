"""What the real clearwayd does when its disk, its database or its file fails: nothing acknowledged is lost, /readyz
tells the truth, metrics move, and it goes on by itself once the fault is mended."""

import contextlib
import os
import pathlib
import pwd
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

import harness
from event_stream import Stream
from harness import event, programs, stuck_event, wait_for

import postgres_server

UNAVAILABLE = 14

# How long the database is away, and how often that is looked at.
OUTAGE_SECONDS = 30
POLL_SECONDS = 0.5

# So that few events fill a disk.
LONG = "The release is blocked. " * 2000


class FaultTest(harness.EndToEndTest):

    def ready(self):
        return self.http_get(self.http_address, "/readyz")

    def try_ingest(self, event_id, **fields):
        return self.rpc("TicketEventService/IngestTicketEvent", {"event": stuck_event(event_id, **fields)})

    def ingest_many(self, name, count):
        """Ids of events that were acknowledged; each opens a blocker of its own."""
        ids = [f"{name}-{i}" for i in range(count)]
        stream = Stream(self.grpc_address, [stuck_event(i, f"FLT-{i}") for i in ids])
        self.addCleanup(stream.process.kill)
        stream.end()
        self.assertEqual([i for i, _ in stream.acknowledged], ids)
        return ids

    def assert_refused_and_not_ready(self, reason):
        """An ingest and /readyz say so, /healthz does not, reads go on."""
        before = self.metric("clearway_store_errors_total")
        refused = self.try_ingest("refused", key="FLT-refused", ticket={"description": LONG})
        self.assertEqual(refused.code, UNAVAILABLE, refused.code)
        self.assertRegex(refused.error_text, reason)
        status, text = self.ready()
        self.assertEqual(status, 503, text)
        self.assertRegex(text, reason)
        self.assertEqual(self.http_get(self.http_address, "/healthz")[0], 200)
        self.assertGreater(self.metric("clearway_store_errors_total"), before)
        self.assertGreater(self.metric("clearway_ticket_events_total", result="failed"), 0)
        self.assertGreater(len(self.blockers()), 0)

    def assert_taken_in(self, ids):
        """Sent again, each is a duplicate: it is there."""
        stream = Stream(self.grpc_address, [stuck_event(i, f"FLT-{i}") for i in ids])
        self.addCleanup(stream.process.kill)
        stream.end()
        self.assertEqual(dict(stream.acknowledged), {i: "INGEST_RESULT_DUPLICATE" for i in ids})

    def assert_whole(self, path, ids):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            stored = {row[0] for row in database.execute("SELECT event_id FROM events")}
            opened = database.execute("SELECT count(*) FROM blockers").fetchone()[0]
        database.close()
        self.assertEqual(set(ids) - stored, set(), "acknowledged, yet not there")
        self.assertEqual(opened, len(stored), "events and blockers are written together or not at all")


class DiskTest(FaultTest):

    def endless(self):
        for i in range(1_000_000):
            event_id = f"fill-{i}"
            yield stuck_event(event_id, f"FLT-{event_id}", ticket={"description": LONG})

    def run_full_and_mended(self, path, fill, mend):
        stream = RefusedStream(self.grpc_address, self.endless())
        self.addCleanup(stream.process.kill)
        wait_for(lambda: stream.refused, "the disk to be full", 60)
        stream.give_up()
        stream.end()
        acknowledged = [event_id for event_id, _ in stream.acknowledged]
        # A whole batch was refused; now no single event fits.
        fill()
        for i in range(100):
            if self.try_ingest(f"last-{i}", key=f"FLT-last-{i}", ticket={"description": LONG}).code != harness.OK:
                break
            acknowledged.append(f"last-{i}")
        self.assertGreater(len(acknowledged), 0)
        self.assert_refused_and_not_ready("disk")
        mend()
        self.assertEqual(self.ready(), (200, "ok\n"))
        after = self.ingest_many("after", 20)
        self.assert_whole(path, acknowledged + after)
        return acknowledged + after

    def test_a_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk], check=False,
                                 capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("needs the right to mount; the limit of a file's size is tested anyway")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=False)
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(6 << 20))
        path = disk / "clearway.db"
        program = self.start_clearwayd("--store-path", path)

        def fill():
            with open(disk / "rest", "wb", buffering=0) as rest, contextlib.suppress(OSError):
                while True:
                    rest.write(bytes(4096))

        ids = self.run_full_and_mended(path, fill, ballast.unlink)
        # A start over the disk that was full is a start like any.
        program.kill()
        self.start_clearwayd("--store-path", path)
        self.assert_taken_in(ids[-20:])
        self.assert_whole(path, ids)

    def test_a_limit_of_the_files_size(self):
        path = self.folder / "clearway.db"
        program = self.start_clearwayd()
        _, most = resource.prlimit(program.pid, resource.RLIMIT_FSIZE)

        def limit(size):
            resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (size, most))

        limit(4 << 20)
        log = pathlib.Path(f"{path}-wal")
        self.run_full_and_mended(path, lambda: limit(log.stat().st_size), lambda: limit(most))
        self.assertEqual(program.stop(), 0)


class RefusedStream(Stream):
    """Knows when something was refused."""

    refused = False

    def answered(self, answer):
        if "error" in answer:
            self.refused = True


class SqliteFileTest(FaultTest):

    def setUp(self):
        super().setUp()
        self.database = self.folder / "clearway.db"

    def fill(self, count=300):
        """A database with so many events, at rest, its log written back."""
        program = self.start_clearwayd()
        ids = self.ingest_many("kept", count)
        self.assertEqual(program.stop(), 0)
        self.assertFalse(pathlib.Path(f"{self.database}-wal").exists())
        return ids

    def refused_start(self, *, user=None):
        """Why clearwayd does not start over the database; it must not have touched it."""
        before = self.database.read_bytes()
        account = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [harness.BIN / "clearwayd", "--grpc-address", "127.0.0.1:0", "--http-address", "127.0.0.1:0",
             "--store-path", self.database], capture_output=True, text=True, timeout=60, check=False, **account)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn(str(self.database), done.stderr)
        self.assertEqual(self.database.read_bytes(), before)
        return done.stderr

    def damage(self, offset, length=4096):
        with open(self.database, "r+b") as file:
            file.seek(offset)
            file.write(b"\xa5" * length)

    def test_a_damaged_file_is_refused_and_a_backup_takes_its_place(self):
        ids = self.fill()
        backup = self.folder / "backup.db"
        # As docs/configuration.md says, of a database in use.
        program = self.start_clearwayd()
        with sqlite3.connect(self.database) as source, sqlite3.connect(backup) as copy:
            source.backup(copy)
        source.close()
        copy.close()
        late = self.ingest_many("late", 20)
        self.assertEqual(program.stop(), 0)
        whole = self.database.read_bytes()
        size = len(whole)
        for name, spoil in {
                "header": lambda: self.damage(0, 100),
                "schema": lambda: self.damage(100, 3996),
                "middle": lambda: self.damage(size // 2 // 4096 * 4096),
                "last page": lambda: self.damage(size - 4096),
                "cut off": lambda: os.truncate(self.database, size // 2),
        }.items():
            with self.subTest(name):
                self.database.write_bytes(whole)
                spoil()
                self.assertIn("backup", self.refused_start())
        for leftover in self.folder.glob("clearway.db*"):
            leftover.unlink()
        shutil.copy(backup, self.database)
        self.start_clearwayd()
        self.assertEqual(self.ready()[0], 200)
        self.assert_taken_in(ids)
        # What came after the backup is taken in when its sender repeats it.
        for event_id in late:
            self.assertEqual(self.ingest(stuck_event(event_id, f"FLT-{event_id}"))["result"],
                             "INGEST_RESULT_APPLIED")
        self.assert_whole(self.database, ids + late)

    def test_an_empty_file_beside_a_log_is_not_begun_anew(self):
        program = self.start_clearwayd()
        ids = self.ingest_many("kept", 20)
        program.kill()
        log = pathlib.Path(f"{self.database}-wal")
        whole, kept = self.database.read_bytes(), log.read_bytes()
        self.assertGreater(len(kept), 0)
        os.truncate(self.database, 0)
        self.assertIn("backup", self.refused_start())
        self.assertEqual(log.read_bytes(), kept)
        self.database.write_bytes(whole)
        self.start_clearwayd()
        self.assert_taken_in(ids)

    def test_another_programs_file_is_refused(self):
        self.database.write_text("Dear diary, " * 1000, "utf-8")
        self.assertIn("no SQLite database", self.refused_start())

    def test_a_file_or_folder_that_may_not_be_written_is_refused(self):
        ids = self.fill(20)
        # Nothing is forbidden to root, so somebody else starts it.
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.folder.chmod(0o777)
        self.database.chmod(0o444)
        self.assertIn("permissions", self.refused_start(user=user))
        self.database.chmod(0o666)
        self.folder.chmod(0o555)
        self.assertRegex(self.refused_start(user=user), "permissions|may be written")
        self.folder.chmod(0o777)
        self.start_clearwayd()
        self.assert_taken_in(ids)

    def test_another_process_that_holds_the_lock(self):
        self.start_clearwayd()
        ids = self.ingest_many("kept", 5)
        holder = sqlite3.connect(self.database, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        status, text = self.ready()
        self.assertEqual(status, 503, text)
        self.assertGreater(len(self.blockers()), 0)
        # The caller's deadline is kept, whatever the lock does.
        started = time.monotonic()
        late = subprocess.run(
            [*harness.BUF_CURL, "--max-time", "2", "--data", "@-",
             f"http://{self.grpc_address}/clearway.v1.TicketEventService/IngestTicketEvent"],
            input=harness.json.dumps({"event": stuck_event("late")}), capture_output=True, text=True,
            timeout=30, check=False)
        self.assertNotEqual(late.returncode, 0)
        self.assertLess(time.monotonic() - started, 10)
        holder.execute("ROLLBACK")
        wait_for(lambda: self.ready()[0] == 200, "readiness to say yes")
        ids += self.ingest_many("after", 5)
        self.assert_taken_in(ids)
        self.assertGreater(self.metric("clearway_store_errors_total") +
                           self.metric("clearway_store_operation_duration_seconds_count",
                                       operation="transact"), 0)


class PostgresFaultTest(FaultTest):

    def setUp(self):
        super().setUp()
        self.server = postgres_server.PostgresServer({"fsync": "on", "full_page_writes": "on"})
        self.addCleanup(self.server.close)
        self.conninfo = self.folder / "clearway.conninfo"
        self.conninfo.write_text(self.server.create_database("clearway") + "\n", "utf-8")

    def start(self, *args):
        return self.start_clearwayd("--store-backend", "postgres", "--postgres-conninfo-file", self.conninfo,
                                    "--postgres-statement-timeout", "1s", *args)

    def signal_server(self, number):
        """To the server and all its own processes, which hold the connections."""
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.server.pid)],
                                  capture_output=True, text=True, check=True).stdout.split()
        for pid in [self.server.pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def freeze(self):
        self.signal_server(signal.SIGSTOP)
        self.addCleanup(self.signal_server, signal.SIGCONT)

    def stored(self):
        return {row[0] for row in self.server.sql("SELECT convert_from(event_id, 'UTF8') FROM events",
                                                  "clearway")}

    def test_a_server_that_hangs_holds_nobody_up(self):
        self.start()
        ids = self.ingest_many("kept", 20)
        self.freeze()
        # Many ask at once, as probes do; those who ask for what needs no store are served meanwhile.
        for _ in range(8):
            started = time.monotonic()
            status, text = self.ready()
            self.assertEqual(status, 503, text)
            self.assertLess(time.monotonic() - started, 5)
        self.assertEqual(self.http_get(self.http_address, "/healthz")[0], 200)
        verdict = self.rpc("ClassificationService/ClassifyTicket",
                           {"ticket": {"title": harness.STUCK_TITLE, "description": harness.STUCK_TEXT}})
        self.assertEqual(verdict.code, harness.OK, verdict)
        # Within the callers' own time, for reads and writes.
        for method, request in (
                ("TicketEventService/IngestTicketEvent", {"event": stuck_event("late")}),
                ("BlockerService/ListBlockers", {"parent": "tenants/default"})):
            started = time.monotonic()
            late = subprocess.run(
                [*harness.BUF_CURL, "--max-time", "1", "--data", "@-",
                 f"http://{self.grpc_address}/clearway.v1.{method}"],
                input=harness.json.dumps(request), capture_output=True, text=True, timeout=30, check=False)
            self.assertNotEqual(late.returncode, 0, method)
            self.assertLess(time.monotonic() - started, 10, method)
        self.signal_server(signal.SIGCONT)
        wait_for(lambda: self.ready()[0] == 200, "readiness to say yes", 60)
        ids += self.ingest_many("after", 20)
        self.assertEqual(set(ids) - self.stored(), set(), "acknowledged, yet not there")
        self.assert_taken_in(ids)
        # The readiness probe outlasted the hang, or failed.
        self.assertGreater(self.metric("clearway_store_operation_duration_seconds_sum",
                                       operation="check_ready"), 1)

    def test_a_table_that_is_locked_ends_in_a_refusal(self):
        self.start()
        ids = self.ingest_many("kept", 5)
        holder = subprocess.Popen(
            [postgres_server.tool("psql"), "--no-psqlrc", "--quiet", self.server.conninfo("clearway")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.kill)
        holder.stdin.write("BEGIN; LOCK TABLE events; SELECT 'locked';\n")
        holder.stdin.flush()
        wait_for(lambda: "locked" in holder.stdout.readline(), "the lock")
        refused = self.try_ingest("refused")
        self.assertEqual(refused.code, UNAVAILABLE, refused)
        self.assertIn("too long", refused.error_text)
        self.assertEqual(len(self.blockers()), 5)
        self.assertGreater(self.metric("clearway_store_errors_total", operation="transact"), 0)
        holder.stdin.close()
        holder.wait(10)
        ids += self.ingest_many("after", 5)
        self.assert_taken_in(ids)

    def test_the_server_is_gone_for_a_while_and_back(self):
        self.start()
        ids = self.ingest_many("kept", 20)
        self.server.stop()
        wait_for(lambda: self.ready()[0] == 503, "readiness to say no")
        refused = self.try_ingest("away")
        self.assertEqual(refused.code, UNAVAILABLE, refused)
        until = time.monotonic() + OUTAGE_SECONDS
        while time.monotonic() < until:
            self.assertEqual(self.ready()[0], 503)
            self.assertEqual(self.http_get(self.http_address, "/healthz")[0], 200)
            time.sleep(POLL_SECONDS)
        self.server.start()
        wait_for(lambda: self.ready()[0] == 200, "readiness to say yes")
        ids += self.ingest_many("after", 20)
        self.assertEqual(set(ids) - self.stored(), set(), "acknowledged, yet not there")
        self.assert_taken_in(ids)
        self.assertGreater(self.metric("clearway_store_errors_total"), 0)
        self.assertGreater(self.metric("clearway_ticket_events_total", result="failed"), 0)


if __name__ == "__main__":
    harness.main()
