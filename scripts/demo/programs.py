"""Starts Clearway's programs on free ports and ends them by their process id."""

import os
import pathlib
import shlex
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUF = ROOT / "scripts/node_modules/.bin/buf"


def wait_for(condition, what, seconds=30.0):
    """Asks until `condition()` is true, and returns that; TimeoutError says `what` did not come."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.02)


class Program:
    """One running program; what it prints goes to a log file."""

    def __init__(self, argv, log):
        self.name = pathlib.Path(argv[0]).name
        self.log = pathlib.Path(log)
        self._from = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as out:
            # A session of its own: Ctrl-C in the terminal reaches the script, which ends it in order.
            self.process = subprocess.Popen(
                [str(arg) for arg in argv], stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, cwd=self.log.parent, start_new_session=True)

    @property
    def pid(self):
        return self.process.pid

    def output(self):
        """What this run has printed so far."""
        with open(self.log, "rb") as file:
            file.seek(self._from)
            return file.read().decode("utf-8", "replace")

    def serving(self):
        """Waits until it serves; returns the fields of its log line, the bound addresses among them."""

        def line():
            for text in self.output().splitlines():
                fields = dict(p.split("=", 1) for p in shlex.split(text) if "=" in p) \
                    if "msg=serving" in text else None
                if fields:
                    return fields
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"{self.name} ended with {self.process.returncode}:\n{self.output()}")
            return None

        return wait_for(line, f"{self.name} to serve; its log is {self.log}")

    def stop(self, seconds=30.0):
        """SIGTERM, and SIGKILL if that does not end it in time. Returns the exit code."""
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        """SIGKILL: no warning, no draining."""
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait(30)


def start_clearwayd(bin_dir, folder, *args, config=""):
    """clearwayd over SQLite in `folder`, on free ports."""
    file = pathlib.Path(folder, "clearwayd.yaml")
    file.write_text(
        "grpc_address: 127.0.0.1:0\n"
        "http_address: 127.0.0.1:0\n"
        "store:\n"
        "  sqlite:\n"
        f"    path: {folder}/clearway.db\n" + config, "utf-8")
    return Program([pathlib.Path(bin_dir, "clearwayd"), "--config", file, *args],
                   pathlib.Path(folder, "clearwayd.log"))


def start_gateway(bin_dir, folder, clearwayd_address, sources, config=""):
    """clearway-gateway on a free port; `sources` are dicts of the keys of a source."""
    file = pathlib.Path(folder, "gateway.yaml")
    lines = ["http_address: 127.0.0.1:0", f"clearwayd_address: {clearwayd_address}", "sources:"]
    for source in sources:
        for i, (key, value) in enumerate(source.items()):
            lines.append(f"  {'-' if i == 0 else ' '} {key}: {value}")
    file.write_text("\n".join(lines) + "\n" + config, "utf-8")
    return Program([pathlib.Path(bin_dir, "clearway-gateway"), "--config", file],
                   pathlib.Path(folder, "gateway.log"))
