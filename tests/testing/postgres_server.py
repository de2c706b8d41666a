"""A PostgreSQL server of the tests' own, in a folder that goes with it.

As a module: `PostgresServer`. As a program, for ctest's fixtures:

    postgres_server.py start FILE   starts one and writes how to reach it (libpq's conninfo) into FILE
    postgres_server.py stop FILE    ends the one that FILE tells of

What `start` leaves behind ends by itself when the program that called it is gone.
"""

import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# The server refuses to run as root.
UNPRIVILEGED = "nobody"
USER = "clearway"
# Enough for every test that runs beside another; durability is not what a passing server is asked for.
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "logging_collector": "off",
}


def tool(name):
    """The newest installed program of that name."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"),
                   key=lambda path: int(path.split("/")[4]))
    path = found[-1] if found else shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is missing; scripts/install-deps installs PostgreSQL")
    return path


class PostgresServer:
    """One server on a Unix socket. `close` ends it and removes its folder."""

    def __init__(self, settings=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clearway-pg-", dir="/tmp"))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._process = None
        self._account = None
        if os.geteuid() == 0:
            self._account = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        # Whoever the test runs as must reach the socket.
        self.folder.chmod(0o755)
        try:
            self._run(tool("initdb"), "--pgdata", self.data, "--username", USER, "--auth", "trust",
                      "--encoding", "UTF8", "--locale", "C", "--no-sync")
            self.start()
        except BaseException:
            self.close()
            raise

    def conninfo(self, dbname="postgres"):
        return f"host={self.folder} user={USER} dbname={dbname}"

    @property
    def pid(self):
        return self._process.pid if self._process else None

    def start(self):
        """Starts it, again too, and waits until it answers."""
        options = [f"--{name}={value}" for name, value in
                   {**self._settings, "unix_socket_directories": self.folder}.items()]
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [tool("postgres"), "-D", self.data, *(o.replace("''", "") for o in options)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, **self._as_account())
        deadline = time.monotonic() + 60
        while subprocess.run([tool("pg_isready"), "--quiet", "--host", self.folder],
                             check=False).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text('utf-8')}")
            time.sleep(0.05)

    def stop(self):
        """A fast shutdown: connections are cut, nothing committed is lost."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGINT)
        self._process.wait(60)
        self._process = None

    def create_database(self, name):
        self.sql(f'CREATE DATABASE "{name}"')
        return self.conninfo(name)

    def sql(self, text, dbname="postgres"):
        """Runs statements; returns the rows as lists of texts."""
        done = subprocess.run(
            [tool("psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
             "--field-separator", "\t", "--set", "ON_ERROR_STOP=1", "--dbname",
             self.conninfo(dbname)],
            input=text, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def close(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _as_account(self):
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _run(self, *argv):
        done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=self.folder,
                              **self._as_account())
        if done.returncode != 0:
            raise RuntimeError(f"{argv[0]}:\n{done.stdout}{done.stderr}")


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def keep(file, parent):
    """Runs a server until it is told to stop or the parent has gone."""
    stopped = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.append(True))
    server = PostgresServer()
    try:
        written = file.with_suffix(".new")
        written.write_text(f"{server.conninfo()}\n{os.getpid()}\n", "utf-8")
        written.replace(file)
        while not stopped and is_running(parent):
            time.sleep(0.2)
    finally:
        file.unlink(missing_ok=True)
        server.close()


def start(file):
    stop(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    log = file.with_suffix(".log")
    with open(log, "wb") as out:
        # A session of its own, and none of the caller's pipes: ctest would wait for them.
        keeper = subprocess.Popen(
            [sys.executable, __file__, "keep", file, str(os.getppid())], stdin=subprocess.DEVNULL,
            stdout=out, stderr=out, start_new_session=True)
    deadline = time.monotonic() + 90
    while not file.exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"no server:\n{log.read_text('utf-8')}")
        time.sleep(0.05)


def stop(file):
    if not file.exists():
        return
    keeper = int(file.read_text("utf-8").splitlines()[1])
    if is_running(keeper):
        os.kill(keeper, signal.SIGTERM)
        deadline = time.monotonic() + 60
        # It removes the file first and goes last.
        while is_running(keeper) and time.monotonic() < deadline:
            time.sleep(0.05)
    file.unlink(missing_ok=True)


def main():
    what, file = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    if what == "keep":
        keep(file, int(sys.argv[3]))
    elif what == "start":
        start(file)
    elif what == "stop":
        stop(file)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
