"""Models are exchanged under a running service."""

import os
import shutil
import signal

import harness
from harness import programs, stuck_event

SHIPPED = harness.ROOT / "service/classify/model/clearway.model"


class ModelTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.model = self.folder / "clearway.model"
        shutil.copy(SHIPPED, self.model)

    def reloads(self, outcome):
        return self.metric("clearway_model_reloads_total", outcome=outcome)

    def hang_up(self, program, outcome):
        """SIGHUP, and the wait until it has been dealt with."""
        before = self.reloads(outcome)
        os.kill(program.pid, signal.SIGHUP)
        programs.wait_for(lambda: self.reloads(outcome) > before, f"a reload that is {outcome}")

    def in_use(self):
        return self.rpc_ok("ModelService/GetModel", {})["model"]

    def test_sighup_takes_a_new_file_and_leaves_a_bad_one(self):
        program = self.start_clearwayd("--model-file", self.model)
        before = self.in_use()
        self.assertTrue(before["version"])

        self.model.write_text("no model", "utf-8")
        self.hang_up(program, "failed")
        self.assertEqual(self.in_use(), before)
        self.assertEqual(self.ingest(stuck_event("e1"))["classification"]["modelVersion"],
                         before["version"])
        told = [line for line in program.output().splitlines() if "not reloaded" in line]
        self.assertEqual(len(told), 1)
        self.assertIn(str(self.model), told[0])

        shutil.copy(SHIPPED, self.model)
        self.hang_up(program, "ok")
        after = self.in_use()
        self.assertEqual(after["version"], before["version"])
        self.assertGreater(after["loadTime"], before["loadTime"])
        self.assertEqual(self.metric("clearway_model_info", role="live"), 1)
        self.assertEqual(program.stop(), 0)

    def test_rpc_reloads_and_tells_what_is_wrong(self):
        self.start_clearwayd("--model-file", self.model)
        answer = self.rpc_ok("ModelService/ReloadModel", {})
        self.assertEqual(answer["model"]["version"], self.in_use()["version"])
        self.model.unlink()
        refused = self.rpc("ModelService/ReloadModel", {})
        self.assertEqual(refused.code, harness.FAILED_PRECONDITION)
        self.assertIn(str(self.model), refused.error_text)

    def test_shadow_judges_beside_and_changes_nothing(self):
        program = self.start_clearwayd("--shadow-model-file", self.model)
        self.assertEqual(self.in_use()["shadowVersion"], self.in_use()["version"])
        self.ingest(stuck_event("e1"))
        programs.wait_for(
            lambda: self.metric("clearway_shadow_classifications_total", live="CROSS_TEAM",
                                shadow="CROSS_TEAM") == 1, "the shadow's verdict")
        self.assertEqual(program.stop(), 0)

    def test_bad_shadow_is_refused_at_the_start(self):
        self.model.write_text("no model", "utf-8")
        done = self.run_program("clearwayd", "--shadow-model-file", str(self.model))
        self.assertEqual(done.returncode, 2)
        self.assertIn(str(self.model), done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


if __name__ == "__main__":
    harness.main()
