"""What the programs do about their configuration, signals and command lines."""

import json
import subprocess

import harness
from harness import ROOT, programs


class ConfigurationTest(harness.EndToEndTest):

    def config(self, name, text):
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def refused(self, program, text, where):
        """The program ends with 2 and one line that names file and line."""
        path = self.config("bad.yaml", text)
        done = self.run_program(program, "--config", path)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn(f"{path}:{where}", done.stderr)
        return done.stderr

    def test_clearwayd_refuses_a_bad_file_with_file_and_line(self):
        self.assertIn("grcp_address",
                      self.refused("clearwayd", "tenants: [a]\ngrcp_address: 127.0.0.1:0\n", 2))
        self.refused("clearwayd", "grpc_address: 127.0.0.1:0\n\ndrain_timeout: soon\n", 3)
        self.refused("clearwayd", "grpc_address: nowhere\n", 1)
        self.refused("clearwayd", "tenants:\n  - fine\n  - Not Fine\n", 3)
        self.refused("clearwayd", "limits:\n  max_pending_events: -1\n", 2)
        self.refused("clearwayd", "grpc_address: [\n", "")

    def test_gateway_refuses_a_bad_file_with_file_and_line(self):
        self.refused("clearway-gateway", "sources:\n  - kind: gopher\n    tenant: default\n", 2)
        self.refused("clearway-gateway", "sources:\n  - kind: jira\n    tenant: a\n    pth: /x\n", 4)

    def test_missing_file_and_unknown_flag_are_usage_errors(self):
        none, fine = str(self.folder / "none.yaml"), str(self.config("fine.yaml", "{}\n"))
        for program in ("clearwayd", "clearway-gateway"):
            for args in (["--config", none], ["--config", fine, "--no-such-flag"]):
                with self.subTest(program=program, args=args):
                    done = self.run_program(program, *args)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(args[-1], done.stderr)

    def test_flag_wins_over_file(self):
        self.start_clearwayd("--tenants", "acme", config="tenants: [globex]\n")
        self.ingest({**harness.stuck_event("e1"), "tenant": "acme"})
        answer = self.rpc("TicketEventService/IngestTicketEvent",
                          {"event": {**harness.stuck_event("e2"), "tenant": "globex"}})
        self.assertEqual(answer.code, harness.NOT_FOUND)

    def test_sigterm_drains_and_ends_with_0_and_what_was_stored_is_there_again(self):
        program = self.start_clearwayd()
        self.ingest(harness.stuck_event("e1"))
        before = self.blockers()
        self.assertEqual(program.stop(), 0)
        self.start_clearwayd()
        self.assertEqual(self.blockers(), before)
        self.assertEqual(self.ingest(harness.stuck_event("e1"))["result"],
                         "INGEST_RESULT_DUPLICATE")

    def test_address_in_use_ends_it_with_1(self):
        self.start_clearwayd()
        done = self.run_program("clearwayd", "--grpc-address", self.grpc_address, "--http-address",
                                "127.0.0.1:0", "--store-path", str(self.folder / "other.db"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(self.grpc_address, done.stderr)

    def test_charts_configuration_is_taken_by_the_programs(self):
        values = self.config("values.json", json.dumps({
            "server": {"config": {"sweep_interval": "5s", "limits": {"max_deadline": "10s"}}},
            "gateway": {"config": {"retry_after": "9s"}, "sources": [
                {"kind": "jira", "tenant": "default", "allowUnsigned": True}]}}))
        server = self.config("chart-server.yaml", self.chart_file("server", "clearwayd.yaml", values))
        gateway = self.config("chart-gateway.yaml",
                              self.chart_file("gateway", "gateway.yaml", values))
        program = self.ended_with_the_test(programs.Program(
            [harness.BIN / "clearwayd", "--config", server, "--grpc-address", "127.0.0.1:0",
             "--http-address", "127.0.0.1:0", "--store-path", self.folder / "chart.db"],
            self.folder / "chart.log"))
        address = program.serving()["grpc_address"]
        program = self.ended_with_the_test(programs.Program(
            [harness.BIN / "clearway-gateway", "--config", gateway, "--http-address", "127.0.0.1:0",
             "--clearwayd-address", address], self.folder / "chart-gateway.log"))
        self.assertEqual(self.http_get(program.serving()["http_address"], "/readyz")[0], 200)

    def chart_file(self, component, key, values):
        """The file that the chart's ConfigMap holds under `key`."""
        done = subprocess.run(
            [ROOT / "scripts/helm", "template", "try", ROOT / "helm/clearway", "--values", values,
             "--show-only", f"templates/{component}-configmap.yaml"],
            capture_output=True, text=True, timeout=60, check=True)
        lines = done.stdout.splitlines()
        start = lines.index(f"  {key}: |") + 1
        return "".join(line[4:] + "\n" for line in lines[start:])


if __name__ == "__main__":
    harness.main()
