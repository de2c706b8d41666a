"""What the end-to-end tests share: the real programs on free ports, and clients that anybody has.

Run as `python3 FILE` with CLEARWAY_BIN naming the folder of the programs; ctest does.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts/demo"), str(ROOT / "tests/testing")]
sys.dont_write_bytecode = True

# Shared with the quickstart; the tests take them from here.
import programs
import webhooks
from programs import wait_for

BIN = pathlib.Path(os.environ.get("CLEARWAY_BIN", ROOT / "build/release/bin"))

# Numbers of google.rpc.Code.
OK, INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION = 0, 3, 5, 9

CURL = ["curl", "--silent", "--show-error", "--max-time", "30"]
BUF_CURL = [str(programs.BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge"]

# Texts whose verdict is beyond doubt.
STUCK_TITLE = "Release is blocked: legal has not approved the contract"
STUCK_TEXT = ("We are blocked. The feature is finished, but we are still waiting for the sign-off from "
              "the legal department and cannot ship without their approval.")
FREE_COMMENT = "Unblocked, legal approved it this morning. Merged and shipped, thanks everybody."


def rfc3339(time):
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def ago(**duration):
    return rfc3339(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**duration))


def event(event_id, key="PAY-1", time=None, **fields):
    """A TicketEvent in proto3's JSON. Fields of the ticket go under `ticket`."""
    ticket = {"key": key, "project": key.split("-")[0], **fields.pop("ticket", {})}
    return {"tenant": "default", "source": "jira", "eventId": event_id,
            "eventTime": time or ago(hours=1), "ticket": ticket, **fields}


def stuck_event(event_id, key="PAY-1", time=None, **fields):
    ticket = {"title": STUCK_TITLE, "description": STUCK_TEXT, "status": "Blocked",
              "priority": "PRIORITY_HIGH", **fields.pop("ticket", {})}
    return event(event_id, key, time, ticket=ticket, **fields)


def documents(text):
    """The JSON values of a text that holds them one after the other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return found
        value, at = decoder.raw_decode(text, at)
        found.append(value)


class Answer:
    """What an RPC came back with: its code, and the message or the error."""

    def __init__(self, code, body):
        self.code = code
        self.body = body

    @property
    def error_text(self):
        return json.dumps(self.body)

    def __repr__(self):
        return f"Answer({self.code}, {self.body})"


class EndToEndTest(unittest.TestCase):
    """Every program a test starts is ended by its process id when the test is over, however it went."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="clearway-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ended_with_the_test(self, program):
        self.addCleanup(program.kill)
        return program

    def start_clearwayd(self, *args, config=""):
        """Starts the service over the test's own database and waits until it serves."""
        program = self.ended_with_the_test(
            programs.start_clearwayd(BIN, self.folder, *args, config=config))
        bound = program.serving()
        self.grpc_address, self.http_address = bound["grpc_address"], bound["http_address"]
        return program

    def start_gateway(self, sources, config=""):
        program = self.ended_with_the_test(
            programs.start_gateway(BIN, self.folder, self.grpc_address, sources, config))
        self.gateway_address = program.serving()["http_address"]
        return program

    def run_program(self, name, *args, stdin=""):
        """Runs one of the programs to its end."""
        return subprocess.run([BIN / name, *args], input=stdin, capture_output=True, text=True,
                              timeout=60, check=False, cwd=self.folder)

    def clearway(self, *args, stdin=""):
        """The command line against the service of this test."""
        return self.run_program("clearway", *args, "--address", self.grpc_address, stdin=stdin)

    def rpc(self, method, request):
        """One call by reflection through `buf curl`; `method` as "BlockerService/GetBlocker"."""
        package = "" if "." in method else "clearway.v1."
        done = subprocess.run(
            [*BUF_CURL, "--data", "@-", f"http://{self.grpc_address}/{package}{method}"],
            input=json.dumps(request), capture_output=True, text=True, timeout=30, check=False)
        # An RPC's code comes back shifted by three bits; smaller codes are buf's own troubles.
        self.assertEqual(done.returncode % 8, 0, done.stderr)
        if done.returncode == 0:
            return Answer(OK, json.loads(done.stdout or "{}"))
        return Answer(done.returncode // 8, json.loads(done.stderr))

    def rpc_ok(self, method, request):
        answer = self.rpc(method, request)
        self.assertEqual(answer.code, OK, answer)
        return answer.body

    def ingest(self, ticket_event):
        return self.rpc_ok("TicketEventService/IngestTicketEvent", {"event": ticket_event})

    def blockers(self, **request):
        return self.rpc_ok("BlockerService/ListBlockers",
                           {"parent": "tenants/default", **request}).get("blockers", [])

    def decoded_state(self, state):
        """A stored TicketState as JSON."""
        done = subprocess.run(
            [programs.BUF, "convert", "proto", "--type", "clearway.storage.v1.TicketState",
             "--from", "-#format=binpb", "--to", "-#format=json"],
            input=state, capture_output=True, timeout=60, check=True, cwd=ROOT)
        return json.loads(done.stdout)

    def http_get(self, address, path):
        """GET; returns the status and the body."""
        try:
            with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def metric(self, name, address=None, **labels):
        """The sum of a metric's samples that carry these labels."""
        _, text = self.http_get(address or self.http_address, "/metrics")
        total, found = 0.0, False
        for line in text.splitlines():
            match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if not match or match.group(1) != name:
                continue
            own = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match.group(2) or ""))
            if labels.items() <= own.items():
                total, found = total + float(match.group(3)), True
        self.assertTrue(found, f"no sample of {name} with {labels}")
        return total


def main():
    unittest.main(verbosity=2)
