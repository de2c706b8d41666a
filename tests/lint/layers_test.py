"""Holds every #include of service/ and plugin-adapters/ to the layers.

The tables below are the one place that says who may see what; docs/architecture.md tells why.
"""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Folder or file -> what it may include beside itself; the longest matching name wins. Lowest first.
LAYERS = {
    "service/base": [],
    "service/domain": ["service/base"],
    "service/wire": ["service/base", "service/domain"],
    "service/classify": ["service/base", "service/domain"],
    "service/store": ["service/base", "service/domain", "service/wire"],
    "service/store/sqlite": ["service/base", "service/domain", "service/wire", "service/store"],
    "service/store/postgres": ["service/base", "service/domain", "service/wire", "service/store"],
    "service/escalation": ["service/base", "service/domain"],
    "service/report": ["service/base", "service/domain", "service/store", "service/escalation"],
    "service/report/wire": ["service/base", "service/domain", "service/wire", "service/report"],
    "service/intake": [
        "service/base", "service/domain", "service/classify", "service/store", "service/escalation",
    ],
    "service/server": [
        "service/base", "service/domain", "service/wire", "service/classify", "service/store",
        "service/escalation", "service/report", "service/report/wire", "service/intake",
    ],
    # The composition root: alone in naming concrete back ends.
    "service/main": [
        "service/base", "service/domain", "service/wire", "service/classify", "service/store",
        "service/store/sqlite", "service/store/postgres", "service/escalation", "service/report",
        "service/intake", "service/server",
    ],
    # A client, plus what works without a server (classify, train, evaluate, policy check).
    "service/cli": [
        "service/base", "service/domain", "service/wire", "service/classify", "service/escalation",
        "service/report", "service/report/wire",
    ],
    "plugin-adapters/gateway": ["service/base"],
    # The gateway's own composition root.
    "plugin-adapters/gateway/main.cc": [
        "service/base", "plugin-adapters/gateway", "plugin-adapters/tracker/github",
        "plugin-adapters/tracker/jira",
    ],
    "plugin-adapters/tracker/github": ["service/base", "plugin-adapters/gateway"],
    "plugin-adapters/tracker/jira": ["service/base", "plugin-adapters/gateway"],
}

# What is not ours: a pattern of the included name -> patterns of the files that may include it.
RESTRICTED = [
    # Protobuf stays at the edges: domain rules neither know nor wait for the wire format.
    (r"clearway/v1/.*\.grpc\.pb\.h", [
        r"service/(server|main|cli)/.*", r"plugin-adapters/.*",
    ]),
    (r"clearway/v1/.*", [
        r"service/(wire|report/wire|server|main|cli)/.*",
        r"service/store/(event_)?codec\.(h|cc)",
        # for the names of the enums, which the policy and playbook files use
        r"service/escalation/(directory|policy|playbook)_loader\.(h|cc)", r"plugin-adapters/.*",
    ]),
    (r"clearway/storage/.*", [r"service/store/codec\.(h|cc)"]),
    (r"clearway/config/.*", [
        r"service/escalation/(directory|policy|playbook|calendar|ladder|route)_loader\.(h|cc)",
        r"service/(server|main)/.*",
        r"plugin-adapters/gateway/.*",
    ]),
    (r"google/.*\.pb\.h|google/protobuf/.*", [
        r"service/base/yaml_proto\.(h|cc)", r"service/(wire|report/wire|server|main|cli)/.*",
        r"service/store/(event_)?codec\.(h|cc)",
        r"service/escalation/(directory|policy|playbook|calendar|ladder|route)_loader\.(h|cc)",
        r"plugin-adapters/.*",
    ]),
    (r"grpc(pp)?/.*", [r"service/(server|main|cli)/.*", r"plugin-adapters/.*"]),
    (r"prometheus/.*", [
        r".*metrics[^/]*\.(h|cc)", r"service/store/metered_store\.(h|cc)",
        r"service/main/.*", r"plugin-adapters/gateway/.*",
    ]),
    (r"zstd\.h", [r"service/store/event_codec\.cc"]),
    (r"sqlite3\.h", [r"service/store/sqlite/.*"]),
    (r"(lib)?pq.*\.h|pqxx/.*", [r"service/store/postgres/.*"]),
    (r"httplib\.h", [r"service/base/http_server\.cc"]),
    (r"re2/.*", [r"service/domain/matcher\.cc"]),
    (r"yaml-cpp/.*", [r"service/base/yaml_proto\.cc"]),
    (r"(liblinear/)?linear\.h", [r"service/classify/.*"]),
    (r"CLI/.*", [r"service/(cli|main)/.*", r"plugin-adapters/gateway/.*"]),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
OURS = ("service/", "plugin-adapters/", "tests/")


def layer_of(path):
    """The longest entry of LAYERS that names `path` or a folder above it, or None."""
    names = [n for n in LAYERS if path == n or path.startswith(n + "/")]
    return max(names, key=len, default=None)


def faults_of(path, text, layer=layer_of):
    """One line for each include of the file at `path` that breaks a rule."""
    own = layer(path)
    if own is None:
        return [f"{path}: is in no layer; add it to tests/lint/layers_test.py"]
    faults = []
    for match in INCLUDE.finditer(text):
        bracket, name = match.groups()
        line = text.count("\n", 0, match.start(2)) + 1
        where = f'{path}:{line}: includes "{name}"'
        if name.startswith(OURS):
            target = layer(name)
            if bracket == "<":
                faults.append(f"{where} in angle brackets; ours are quoted")
            if target is None:
                faults.append(f"{where}, which is in no layer")
            elif target != own and target not in LAYERS[own]:
                faults.append(f"{where}: {own} may not see {target}")
            continue
        if bracket == '"' and "/" not in name and (ROOT / path).parent.joinpath(name).exists():
            faults.append(f"{where} relative to itself; write the full path from the root")
        for pattern, users in RESTRICTED:
            if re.fullmatch(pattern, name):
                if not any(re.fullmatch(user, path) for user in users):
                    faults.append(f"{where}: kept out of {own}")
                break  # the first pattern that matches is the one that rules
    return faults


def source_files():
    for folder in ("service", "plugin-adapters"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path


class LayersTest(unittest.TestCase):

    def test_every_include_keeps_to_its_layer(self):
        faults, seen = [], 0
        for path in source_files():
            seen += 1
            faults += faults_of(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        self.assertGreater(seen, 50, "the scan found next to nothing: is ROOT right?")
        self.assertEqual(faults, [], "\n" + "\n".join(faults))

    def test_the_table_has_no_cycle(self):
        done, path = set(), []

        def visit(layer):
            self.assertNotIn(layer, path, f"cycle: {path} -> {layer}")
            if layer in done:
                return
            path.append(layer)
            for lower in LAYERS[layer]:
                visit(lower)
            path.pop()
            done.add(layer)

        for layer in LAYERS:
            visit(layer)


class SelfCheckTest(unittest.TestCase):
    """The scan must be able to fail."""

    def refused(self, path, include):
        self.assertTrue(faults_of(path, f"#pragma once\n\n#include {include}\n"), (path, include))

    def taken(self, path, include):
        self.assertEqual(faults_of(path, f"#include {include}\n"), [], (path, include))

    def test_arrow_going_up_is_refused(self):
        self.refused("service/domain/x.h", '"service/store/store.h"')
        self.refused("service/base/x.h", '"service/domain/ticket.h"')
        self.refused("service/intake/x.h", '"service/server/server.h"')
        self.taken("service/intake/x.h", '"service/store/store.h"')

    def test_arrow_going_sideways_is_refused(self):
        self.refused("service/classify/x.h", '"service/store/store.h"')
        self.refused("plugin-adapters/tracker/jira/x.h",
                     '"plugin-adapters/tracker/github/github_adapter.h"')

    def test_concrete_back_end_is_named_by_main_alone(self):
        self.refused("service/server/x.cc", '"service/store/sqlite/sqlite_store.h"')
        self.refused("service/store/x.cc", '"service/store/sqlite/sqlite_store.h"')
        self.taken("service/main/main.cc", '"service/store/sqlite/sqlite_store.h"')

    def test_adapter_sees_nothing_of_the_service_but_base(self):
        self.refused("plugin-adapters/gateway/x.cc", '"service/domain/ticket.h"')
        self.taken("plugin-adapters/gateway/x.cc", '"service/base/log.h"')

    def test_protobuf_stays_at_the_edges(self):
        self.refused("service/report/x.cc", '"clearway/v1/ticket.pb.h"')
        self.refused("service/wire/x.cc", '"clearway/v1/blocker_service.grpc.pb.h"')
        self.taken("service/wire/x.cc", '"clearway/v1/ticket.pb.h"')
        self.taken("service/report/wire/x.cc", '"clearway/v1/report_service.pb.h"')

    def test_driver_headers_stay_in_their_back_end(self):
        self.refused("service/store/x.cc", "<sqlite3.h>")
        self.refused("service/store/sqlite/x.cc", "<libpq-fe.h>")
        self.taken("service/store/postgres/x.cc", "<libpq-fe.h>")
        self.refused("service/server/x.cc", '"prometheus/counter.h"')
        self.taken("service/server/server_metrics.h", '"prometheus/counter.h"')

    def test_file_without_layer_is_refused(self):
        self.refused("service/elsewhere/x.h", "<string>")

    def test_faults_name_the_line(self):
        text = '#pragma once\n#include <string>\n#include "service/store/store.h"\n'
        self.assertRegex(faults_of("service/domain/x.h", text)[0], r"^service/domain/x\.h:3: ")


if __name__ == "__main__":
    unittest.main()
