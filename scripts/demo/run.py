#!/usr/bin/env python3
"""Shows Clearway at work: starts it, sends it real GitHub payloads and a scripted week of Jira tickets
through its webhooks, and prints what it makes of them. Run by scripts/quickstart."""

import argparse
import collections
import datetime
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unicodedata
import urllib.request

import programs
import webhooks

ROOT = pathlib.Path(__file__).resolve().parents[2]
TENANT = "default"
# Whose suggestions are printed in full: one ticket in each language.
SUGGESTIONS_FOR = ("PAY-101", "MES-501")
VERDICTS_SHOWN = 14
METRICS_SHOWN = (
    "clearway_ticket_events_total", "clearway_blockers_open{", "clearway_escalations_total",
    "clearway_classification_duration_seconds_count", "clearway_classification_duration_seconds_sum",
)


def heading(text):
    print(f"\n== {text}", flush=True)


def width(text):
    """Columns on a terminal, where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cell(text, columns):
    """`text` in exactly so many columns, cut where it is longer."""
    if width(text) > columns:
        while width(text) > columns - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (columns - width(text))


class Progress:
    """A counter: one line that moves on a terminal, a line at the end elsewhere."""

    def __init__(self, what, total):
        self._what, self._total, self._done = what, total, 0

    def step(self):
        self._done += 1
        if sys.stdout.isatty() or self._done == self._total:
            end = "\r" if self._done < self._total else "\n"
            print(f"   {self._what}: {self._done}/{self._total}", end=end, flush=True)


class Demo:

    def __init__(self, bin_dir, folder):
        self._bin = bin_dir
        self.folder = folder
        self.running = []
        self.grpc = self.http = self.gateway = ""
        self._secrets = {}
        # Ticket key -> the last answer of the gateway about it.
        self._verdicts = {}
        self._blockers = {}

    def start(self):
        heading("Starting clearwayd and clearway-gateway on SQLite")
        # Gauges are refreshed by the sweep; nobody should have to wait for them here.
        clearwayd = programs.start_clearwayd(self._bin, self.folder, config="sweep_interval: 1s\n")
        self.running.append(clearwayd)
        bound = clearwayd.serving()
        self.grpc, self.http = bound["grpc_address"], bound["http_address"]
        sources = []
        for kind in ("github", "jira"):
            file = self.folder / f"{kind}.secret"
            self._secrets[kind] = secrets.token_hex(32)
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w",
                      encoding="ascii") as out:
                out.write(self._secrets[kind] + "\n")
            sources.append({"kind": kind, "tenant": TENANT, "secret_files": f"[{file}]"})
        gateway = programs.start_gateway(self._bin, self.folder, self.grpc, sources)
        self.running.append(gateway)
        self.gateway = gateway.serving()["http_address"]
        print(f"   gRPC {self.grpc}, status and metrics {self.http}, webhooks {self.gateway}")

    def stop(self):
        """Ends what runs, the gateway first. Returns the exit codes by name."""
        return {program.name: program.stop() for program in reversed(self.running)}

    def send(self):
        heading("Sending webhooks, signed")
        sender = webhooks.Sender(self.gateway)
        examples = list(webhooks.github_examples())
        progress = Progress("real GitHub payloads (issues, issue_comment)", len(examples))
        results = collections.Counter()
        for event, payload in examples:
            body, headers = webhooks.github_request(event, payload, self._secrets["github"])
            for answer in self._post(sender, "/webhooks/github", body, headers):
                results[answer["result"]] += 1
            progress.step()
        print("   answers: " + ", ".join(f"{n} {result}" for result, n in results.most_common()) +
              "; most of them show one issue at one instant, and of\n"
              "   such the same one wins whatever order they come in: the others are STALE")
        now = datetime.datetime.now(datetime.timezone.utc)
        week = webhooks.week_requests(self._secrets["jira"], now)
        progress = Progress("a week of scripted Jira tickets in English and Chinese", len(week))
        for _, key, body, headers in week:
            for answer in self._post(sender, "/webhooks/jira", body, headers):
                self._verdicts[key] = answer["verdict"]
                self._blockers[key] = answer["blocker"]
            progress.step()
        sender.close()

    def _post(self, sender, path, body, headers):
        status, _, answer = sender.post(path, body, headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {answer}")
        return answer if isinstance(answer, list) else [answer]

    def show_verdicts(self):
        heading("Verdicts")
        scripts = webhooks.week_scripts()
        # The two languages in turn, each cause once.
        chosen, seen = [], set()
        for lang in ("en", "zh"):
            chosen.append([s for s in scripts if s["lang"] == lang and not (
                (lang, s["intended"]) in seen or seen.add((lang, s["intended"])))])
        shown = [s for pair in zip(*chosen) for s in pair][:VERDICTS_SHOWN]
        print("   " + cell("TICKET", 11) + cell("VERDICT", 36) + cell("SURE", 6) +
              cell("WAITS ON", 24) + "TITLE")
        for script in shown:
            verdict = self._verdicts[script["key"]]
            print("   " + cell(script["key"], 11) + cell(label(verdict), 36) +
                  cell(f"{verdict['confidence']:.0%}", 6) + cell(verdict["waiting_on"] or "-", 23) +
                  " " + cell(script["title"], 40).rstrip())
        same = sum(label(self._verdicts[s["key"]]) == s["intended"] for s in scripts)
        near = sum(label(self._verdicts[s["key"]]).split("/")[0] == s["intended"].split("/")[0]
                   for s in scripts)
        print(f"   … Of {len(scripts)} tickets {near} got the category that their script had in mind, "
              f"{same} the reason too.")

    def show_suggestions(self):
        for key in SUGGESTIONS_FOR:
            heading(f"What to do about {key}")
            if not self._blockers.get(key):
                print("   It is not held to be blocked, so there is nothing to suggest.")
                continue
            ladder = self.call("EscalationService/SuggestEscalations",
                               {"blocker": self._blockers[key]}).get("escalations", [])
            now = datetime.datetime.now(datetime.timezone.utc)
            due = [s for s in ladder if datetime.datetime.fromisoformat(
                s["dueTime"].split(".")[0].rstrip("Z") + "+00:00") <= now]
            if not ladder:
                print("   No ladder of the policy matches.")
                continue
            step = (due or ladder)[-1 if due else 0]
            print(f"   Step {step['level']} of {len(ladder)} ({step['policy']}), due {step['dueTime']}: "
                  f"to {step['target']}, by {step['channel']}")
            for i, text in enumerate(step["steps"], 1):
                paragraph(text, f"   {i}. ")
            print("   Draft:")
            for line in step["draftMessage"].splitlines():
                paragraph(line, "   | ", "   | ")
            paragraph("Why: " + step["rationale"], "   ")

    def show_report(self):
        heading("clearway report --since 30d")
        sys.stdout.flush()
        self.run("report", "--since", "30d", "--format", "table")

    def show_metrics(self):
        heading(f"A few metrics of http://{self.http}/metrics")
        lines = programs.wait_for(self._metrics, "the gauge of open blockers")
        for prefix in METRICS_SHOWN:
            found = [s for s in lines if s.startswith(prefix) and not s.endswith(" 0")]
            for line in found[:4]:
                print("   " + line)
            if len(found) > 4:
                print(f"   … {len(found) - 4} more")

    def _metrics(self):
        """The lines of /metrics, or nothing while the gauges are not there yet."""
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=10) as response:
            lines = response.read().decode().splitlines()
        return lines if any(line.startswith("clearway_blockers_open{") for line in lines) else []

    def show_further(self, keep):
        heading("Where to look further")
        print("   README.md and docs/architecture.md   how it is built and configured")
        print("   proto/clearway/v1/                   the API, every field explained")
        print("   build/release/bin/clearway --help    the command line")
        if not keep:
            print("   scripts/quickstart --keep            the same, left running to play with")
            return
        pids = " ".join(str(p.pid) for p in reversed(self.running))
        clearway = pathlib.Path(self._bin, "clearway").relative_to(ROOT)
        print(textwrap.dedent(f"""
            It keeps running; logs, configuration, secrets and database: {self.folder}
               gRPC      {self.grpc}      (reflection is on)
               webhooks  http://{self.gateway}/webhooks/github and /webhooks/jira
               metrics   http://{self.http}/metrics and http://{self.gateway}/metrics
            Try:
               {clearway} blockers list --address {self.grpc}
               {clearway} watch --address {self.grpc}
               scripts/node_modules/.bin/buf curl --protocol grpc --http2-prior-knowledge \\
                 -d '{{"parent": "tenants/{TENANT}"}}' \\
                 http://{self.grpc}/clearway.v1.BlockerService/ListBlockers
            Stop it:
               kill {pids}"""))

    def call(self, method, request):
        """One RPC by reflection, as anybody could make it."""
        done = subprocess.run(
            [programs.BUF, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "-d",
             json.dumps(request), f"http://{self.grpc}/clearway.v1.{method}"],
            capture_output=True, text=True, timeout=30, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{method}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def run(self, *args):
        subprocess.run([pathlib.Path(self._bin, "clearway"), *args, "--address", self.grpc],
                       check=True, timeout=30)


def label(verdict):
    return "/".join(part for part in (verdict["category"], verdict["reason"]) if part)


def paragraph(text, first, rest=None):
    """Prints `text` wrapped at 100 columns; Chinese has no spaces to wrap at."""
    line = first
    for word in (text.split(" ") if width(text) < 1.5 * len(text) else list(text)):
        glue = "" if line == first or width(text) >= 1.5 * len(text) else " "
        if width(line + glue + word) > 100:
            print(line)
            line = (rest or " " * len(first)) + word
        else:
            line += glue + word
    print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of the programs")
    parser.add_argument("--keep", action="store_true", help="leave the service running")
    options = parser.parse_args()
    parent = ROOT / "build/quickstart"
    parent.mkdir(parents=True, exist_ok=True)
    demo = Demo(options.bin.resolve(), pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=parent)))
    kept = False
    try:
        demo.start()
        demo.send()
        demo.show_verdicts()
        demo.show_suggestions()
        demo.show_report()
        demo.show_metrics()
        demo.show_further(options.keep)
        kept = options.keep
    except (OSError, RuntimeError, TimeoutError, subprocess.SubprocessError) as error:
        sys.exit(f"quickstart: {error}\nquickstart: the logs are in {demo.folder}")
    finally:
        codes = {} if kept else demo.stop()
    if kept:
        return
    if any(codes.values()):
        sys.exit(f"quickstart: a program did not end well: {codes}; the logs are in {demo.folder}")
    shutil.rmtree(demo.folder)
    print("\nStopped; all of it was kept in a temporary folder, which is gone.")


if __name__ == "__main__":
    main()
