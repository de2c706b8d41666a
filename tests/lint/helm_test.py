"""The chart lints, renders what the programs need, and refuses values that cannot work."""

import json
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm/clearway"

FULL_VALUES = {
    "server": {
        "tenants": ["default", "acme"],
        "config": {"sweep_interval": "30s", "store": {"sqlite": {"readers": 8}}},
    },
    "gateway": {
        "replicas": 3,
        "sources": [
            {
                "kind": "github",
                "tenant": "acme",
                "secrets": [{"name": "hook", "key": "new"}, {"name": "hook", "key": "old"}],
            },
            {"kind": "jira", "tenant": "default", "path": "/jira", "allowUnsigned": True},
        ],
    },
    "nodeSelector": {"disk": "fast"},
}


def helm(*args):
    return subprocess.run(
        [ROOT / "scripts/helm", *args], capture_output=True, text=True, timeout=60, check=False)


class HelmTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.values = pathlib.Path(folder.name) / "values.json"
        self.values.write_text(json.dumps(FULL_VALUES), "utf-8")

    def rendered(self, *args):
        result = helm("template", "try", str(CHART), *args)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_lints_with_default_and_full_values(self):
        for args in ([], ["--values", str(self.values)]):
            result = helm("lint", "--strict", str(CHART), *args)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_defaults_deploy_the_server_alone(self):
        text = self.rendered()
        self.assertEqual(text.count("kind: Deployment"), 1)
        self.assertIn("kind: PersistentVolumeClaim", text)
        self.assertNotIn("clearway-gateway", text)

    def test_sources_deploy_the_gateway_with_their_secrets(self):
        text = self.rendered("--values", str(self.values))
        self.assertEqual(text.count("kind: Deployment"), 2)
        self.assertIn("- /etc/clearway/secrets/0-0", text)
        self.assertIn("mountPath: /etc/clearway/secrets/0-1", text)
        self.assertIn("allow_unsigned: true", text)
        self.assertIn("path: /jira", text)
        self.assertIn("clearwayd_address: try-clearway:50051", text)

    def test_pods_run_without_root_on_a_read_only_file_system(self):
        text = self.rendered("--values", str(self.values))
        self.assertEqual(text.count("runAsNonRoot: true"), 2)
        self.assertEqual(text.count("readOnlyRootFilesystem: true"), 2)
        self.assertEqual(text.count("drop: [ALL]"), 2)

    def test_own_keys_reach_the_configuration_but_not_over_the_charts(self):
        text = self.rendered(
            "--values", str(self.values), "--set", "server.config.grpc_address=1.2.3.4:5")
        self.assertIn("readers: 8", text)
        self.assertIn("sweep_interval: 30s", text)
        self.assertIn("path: /var/lib/clearway/clearway.db", text)
        self.assertNotIn("1.2.3.4:5", text)

    def test_existing_claim_is_used_and_none_is_made(self):
        text = self.rendered("--set", "server.persistence.existingClaim=mine")
        self.assertNotIn("kind: PersistentVolumeClaim", text)
        self.assertIn("claimName: mine", text)

    def test_over_postgres_there_is_a_secret_and_no_volume(self):
        text = self.rendered(
            "--set", "server.postgres.secretName=db,server.replicas=3,server.config.store.postgres.readers=8")
        self.assertIn("replicas: 3", text)
        self.assertIn("backend: postgres", text)
        self.assertIn("conninfo_file: /etc/clearway-postgres/conninfo", text)
        self.assertIn("readers: 8", text)
        self.assertIn("secretName: db", text)
        self.assertIn("items: [{key: conninfo, path: conninfo}]", text)
        for of_sqlite in ("PersistentVolumeClaim", "persistentVolumeClaim", "Recreate", "/var/lib/clearway"):
            self.assertNotIn(of_sqlite, text)
        self.assertIn("key: url", self.rendered(
            "--set", "server.postgres.secretName=db,server.postgres.secretKey=url"))
        result = helm("lint", "--strict", str(CHART), "--set", "server.postgres.secretName=db")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_values_that_cannot_work_are_refused(self):
        for setting in (
            "image.repository=",
            "server.tenants[0]=Not_A_Tenant",
            "server.replicas=2",
            "server.replicas=0",
            "server.postgres.secretName=db,server.postgres.secretKey=",
            "gateway.sources[0].kind=github,gateway.sources[0].tenant=default",
            "gateway.sources[0].kind=carrier-pigeon,gateway.sources[0].tenant=default,"
            "gateway.sources[0].allowUnsigned=true",
        ):
            with self.subTest(setting):
                result = helm("template", "try", str(CHART), "--set", setting)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn("values don't meet the specifications", result.stderr)


if __name__ == "__main__":
    unittest.main()
