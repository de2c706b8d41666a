"""A stream of events as a sender would run it; shared by the tests that cut it off."""

import json
import subprocess
import threading

from harness import BUF_CURL

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
                self.answered(answer)
                if "ingested" in answer:
                    self.acknowledged.append((answer["eventId"], answer["ingested"]["result"]))
        self.give_up()

    def answered(self, answer):
        """For those who want to know of each answer."""

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
