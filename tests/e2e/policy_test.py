"""Policies are exchanged under a running service; blockers are put off."""

import datetime
import os
import signal

import harness
from harness import ago, programs, rfc3339, stuck_event

LADDER = "ladders: [{{name: {name}, steps: [{{after: {after}, target: PARTY, channel: chat}}]}}]\n"


class PolicyTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.policy = self.folder / "policy.yaml"
        self.write("first", "30d")

    def write(self, name, after):
        self.policy.write_text(LADDER.format(name=name, after=after), "utf-8")

    def reloads(self, outcome):
        return self.metric("clearway_policy_reloads_total", outcome=outcome)

    def hang_up(self, program, outcome):
        """SIGHUP, and the wait until it has been dealt with."""
        before = self.reloads(outcome)
        os.kill(program.pid, signal.SIGHUP)
        programs.wait_for(lambda: self.reloads(outcome) > before, f"a reload that is {outcome}")

    def in_use(self):
        return self.rpc_ok("PolicyService/GetPolicy", {})["policy"]["ladders"]

    def test_sighup_takes_a_new_policy_and_leaves_a_bad_one(self):
        program = self.start_clearwayd("--policy-file", self.policy, "--sweep-interval", "100ms")
        blocker = self.ingest(stuck_event("e1", time=ago(hours=2)))["blocker"]
        self.assertEqual(blocker.get("escalationLevel", 0), 0)

        self.policy.write_text("ladders: [{name: bad, steps: []}]\n", "utf-8")
        self.hang_up(program, "failed")
        self.assertEqual(self.in_use(), ["first"])
        told = [line for line in program.output().splitlines() if "was not reloaded" in line]
        self.assertEqual(len(told), 1)
        self.assertIn(f"{self.policy}:1:", told[0])
        refused = self.rpc("PolicyService/ReloadPolicy", {})
        self.assertEqual(refused.code, harness.FAILED_PRECONDITION)

        # By the new one the step was due an hour ago; the sweep goes through what lasts.
        self.write("second", "1h")
        self.hang_up(program, "ok")
        self.assertEqual(self.in_use(), ["second"])
        programs.wait_for(lambda: self.metric("clearway_escalations_total", level="1") == 1,
                          "the step that the new policy made due")
        self.assertEqual(self.blockers()[0]["escalationLevel"], 1)
        self.assertEqual(program.stop(), 0)

    def test_a_snooze_survives_a_restart_and_ends_by_itself(self):
        arguments = ("--policy-file", self.policy, "--sweep-interval", "100ms")
        program = self.start_clearwayd(*arguments)
        blocker = self.ingest(stuck_event("e1"))["blocker"]
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
        snoozed = self.rpc_ok("BlockerService/SnoozeBlocker",
                              {"name": blocker["name"], "actor": "ann", "snoozeEndTime": rfc3339(end)})
        self.assertEqual(snoozed["blocker"]["state"], "BLOCKER_STATE_SNOOZED")
        self.assertEqual(program.stop(), 0)

        self.start_clearwayd(*arguments)
        programs.wait_for(lambda: self.blockers()[0]["state"] == "BLOCKER_STATE_OPEN",
                          "the end of the snooze")
        history = self.rpc_ok("BlockerService/GetBlocker",
                              {"name": blocker["name"]})["blocker"]["history"]
        self.assertEqual([change["actor"] for change in history], ["classifier", "ann", "policy"])

    def test_the_directory_says_who_leads_and_is_read_again_with_the_policy(self):
        directory = self.folder / "directory.yaml"
        line = "parties: [{{name: legal, lead: {{name: {lead}, handle: '@lead'}}}}]\n"
        directory.write_text(line.format(lead="Dana Fox"), "utf-8")
        self.policy.write_text(
            "ladders: [{name: two, steps: [{after: 1h, target: PARTY, channel: chat},"
            " {after: 2h, target: TEAM_LEAD, channel: chat}]}]\n"
            "costs: [{amount: 500, currency: EUR}]\n", "utf-8")
        program = self.start_clearwayd("--policy-file", self.policy, "--directory-file", directory)
        ticket = {"title": "Collect mandates online", "assignee": "ann", "status": "Blocked",
                  "description": "Blocked: waiting for legal to sign off the wording.",
                  "links": [{"type": "blocks", "key": "PAY-12"}]}

        def lead():
            steps = self.rpc_ok("EscalationService/SuggestEscalations",
                                {"ticket": ticket})["escalations"]
            self.assertEqual(len(steps), 2)
            return steps[1]

        step = lead()
        self.assertEqual((step["target"], step["handle"]), ("Dana Fox", "@lead"))
        self.assertTrue(step["draftMessage"].startswith("Hello Dana Fox,"), step["draftMessage"])
        self.assertIn("1 other ticket (PAY-12)", step["draftMessage"])
        self.assertIn("Meanwhile ann cannot go on.", step["draftMessage"])
        self.assertNotIn("EUR", step["draftMessage"])  # not a day old
        self.assertTrue(step["nextStep"])
        self.assertTrue(step["fallback"])

        directory.write_text("parties: [{name: legal, leader: x}]\n", "utf-8")
        self.hang_up(program, "failed")
        self.assertIn(f"{directory}:1:", program.output())
        self.assertEqual(lead()["target"], "Dana Fox")
        directory.write_text(line.format(lead="Ida Holm"), "utf-8")
        self.rpc_ok("PolicyService/ReloadPolicy", {})
        self.assertEqual(lead()["target"], "Ida Holm")

        listed = self.run_program("clearway", "policy", "check", self.policy, "--directory", directory)
        self.assertIn("1 parties", listed.stdout)
        self.assertEqual(program.stop(), 0)

    def test_command_line_checks_explains_and_snoozes(self):
        self.start_clearwayd("--policy-file", self.policy)
        self.assertIn("fine", self.run_program("clearway", "policy", "check", self.policy).stdout)
        shown = self.run_program("clearway", "policy", "explain", "--policy", self.policy, "--reason",
                                 "STAFFING", "--opened-at", "2026-11-02T09:00:00Z").stdout
        self.assertIn("ladder: first, by the route first, in wall time", shown)
        self.assertIn("Wed 2026-12-02 09:00 +00:00", shown)
        number = self.ingest(stuck_event("e1"))["blocker"]["name"].rsplit("/", 1)[1]
        done = self.clearway("blockers", "snooze", number, "--for", "2d", "--actor", "ann")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("SNOOZED", done.stdout)


if __name__ == "__main__":
    harness.main()
