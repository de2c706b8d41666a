"""clearway-gateway between the tools that send webhooks and clearwayd."""

import datetime
import json
import subprocess
import uuid

import harness
from harness import wait_for, webhooks

SECRET, OLD_SECRET = "new-secret", "old-secret"


class GatewayTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.clearwayd = self.start_clearwayd()
        files = []
        for i, secret in enumerate((SECRET, OLD_SECRET)):
            path = self.folder / f"secret{i}"
            path.write_text(secret + "\n", "ascii")
            files.append(str(path))
        self.gateway = self.start_gateway(
            [{"kind": kind, "tenant": "default", "secret_files": f"[{', '.join(files)}]"}
             for kind in ("github", "jira")],
            config="max_body_bytes: 100000\ningest_timeout: 2s\nretry_after: 7s\n")

    def post(self, path, body, headers):
        """POST by curl; returns the status, the answer and the headers."""
        args = [*harness.CURL, "--include", "--data-binary", "@-", "--header", "Expect:"]
        for name, value in headers.items():
            args += ["--header", f"{name}: {value}"]
        done = subprocess.run([*args, f"http://{self.gateway_address}{path}"], input=body,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        head, _, text = done.stdout.decode().partition("\r\n\r\n")
        lines = head.split("\r\n")
        fields = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
        return int(lines[0].split()[1]), json.loads(text) if text else None, fields

    def github_issue(self, secret=SECRET, **issue):
        return webhooks.github_request("issues", {
            "action": "opened",
            "issue": {
                "number": 7, "title": harness.STUCK_TITLE, "body": harness.STUCK_TEXT,
                "state": "open", "user": {"login": "reporter"}, "labels": [], "assignees": [],
                "html_url": "https://github.example.com/octo/shop/issues/7",
                "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-05T09:00:00Z", **issue},
            "repository": {"full_name": "octo/shop"}, "sender": {"login": "reporter"}}, secret)

    def test_signed_webhook_is_answered_with_the_verdict_once_it_is_stored(self):
        status, answer, _ = self.post("/webhooks/github", *self.github_issue())
        self.assertEqual(status, 200)
        self.assertEqual(answer["result"], "APPLIED")
        self.assertEqual(answer["verdict"]["category"], "CROSS_TEAM")
        blocker = self.rpc_ok("BlockerService/GetBlocker", {"name": answer["blocker"]})["blocker"]
        self.assertEqual(blocker["ticket"], "octo/shop#7")
        self.assertEqual(blocker["source"], "github")

    def test_redelivery_is_taken_and_changes_nothing(self):
        self.post("/webhooks/github", *self.github_issue())
        status, answer, _ = self.post("/webhooks/github", *self.github_issue())
        self.assertEqual((status, answer["result"]), (200, "DUPLICATE"))
        self.assertEqual(len(self.blockers()), 1)

    def test_any_of_the_rotated_secrets_may_sign(self):
        self.assertEqual(self.post("/webhooks/github", *self.github_issue(OLD_SECRET))[0], 200)

    def test_bad_or_missing_signature_is_401_and_stores_nothing(self):
        body, headers = self.github_issue("forged")
        self.assertEqual(self.post("/webhooks/github", body, headers)[0], 401)
        del headers["X-Hub-Signature-256"]
        self.assertEqual(self.post("/webhooks/github", body, headers)[0], 401)
        body, headers = self.github_issue()
        self.assertEqual(self.post("/webhooks/github", body + b" ", headers)[0], 401)
        self.assertEqual(self.blockers(), [])

    def test_garbage_is_400_with_a_reason_that_does_not_echo_it(self):
        for name, body in {
            "no JSON": b"this is no JSON at all",
            "no object": b"[1, 2, 3]",
            "no issue": b'{"action": "opened"}',
            "cut off": b'{"action": "opened", "issue": {',
            "no UTF-8": b'{"action": "\xff\xfe"}',
            "too deep": b"[" * 40000,
        }.items():
            with self.subTest(name):
                _, headers = self.github_issue()
                headers["X-Hub-Signature-256"] = webhooks.signature(SECRET, body)
                status, answer, _ = self.post("/webhooks/github", body, headers)
                self.assertEqual(status, 400)
                self.assertTrue(answer["error"])
                self.assertNotIn("this is no JSON at all", answer["error"])
        self.assertEqual(self.blockers(), [])
        self.assertEqual(self.metric("clearway_webhook_requests_total", self.gateway_address,
                                     source="github", code="400"), 6)

    def test_oversized_body_is_413(self):
        body, headers = self.github_issue(body="x" * 200000)
        self.assertEqual(self.post("/webhooks/github", body, headers)[0], 413)

    def test_unknown_path_is_404(self):
        self.assertEqual(self.post("/webhooks/gopher", *self.github_issue())[0], 404)

    def test_kinds_of_event_that_are_not_followed_are_taken_and_ignored(self):
        status, answer, _ = self.post(
            "/webhooks/github", *webhooks.github_request("star", {"action": "created"}, SECRET))
        self.assertEqual((status, answer["result"]), (200, "IGNORED"))

    def test_without_clearwayd_it_is_503_with_retry_after_until_it_is_back(self):
        address = self.grpc_address
        self.assertEqual(self.http_get(self.gateway_address, "/readyz")[0], 200)
        self.assertEqual(self.clearwayd.stop(), 0)
        status, answer, headers = self.post("/webhooks/github", *self.github_issue())
        self.assertEqual(status, 503)
        self.assertEqual(headers["retry-after"], "7")
        self.assertTrue(answer["error"])
        self.assertEqual(self.http_get(self.gateway_address, "/readyz")[0], 503)
        self.assertEqual(self.http_get(self.gateway_address, "/healthz")[0], 200)
        self.start_clearwayd("--grpc-address", address)
        wait_for(lambda: self.post("/webhooks/github", *self.github_issue())[0] == 200,
                 "the gateway to find clearwayd again")
        self.assertEqual(len(self.blockers()), 1)

    def test_jira_comments_move_the_ticket_they_belong_to(self):
        script = {
            "key": "PAY-9", "project": "PAY", "priority": "High", "title": "Online mandates",
            "description": "Mandates are to be signed in the app. Design is done, coding starts today.", "reporter": "pm", "assignee": "dev",
            "labels": [], "links": [],
            "events": [
                {"days_ago": 3, "do": "create", "status": "To Do"},
                {"days_ago": 2, "do": "comment", "author": "dev", "body": harness.STUCK_TEXT},
                {"days_ago": 1, "do": "comment", "author": "dev", "body": harness.FREE_COMMENT},
            ]}
        now = datetime.datetime.now(datetime.timezone.utc)
        verdicts = []
        for _, _, body, headers in webhooks.JiraTicket(script, now).requests(SECRET):
            status, answer, _ = self.post("/webhooks/jira", body, headers)
            self.assertEqual(status, 200, answer)
            verdicts.append(answer["verdict"]["category"])
        self.assertEqual(verdicts, ["NOT_BLOCKED", "CROSS_TEAM", "NOT_BLOCKED"])
        blocker = self.blockers()[0]
        # A comment's body says little of the ticket; the rest is remembered.
        self.assertEqual((blocker["title"], blocker["project"], blocker["state"]),
                         ("Online mandates", "PAY", "BLOCKER_STATE_RESOLVED"))

    def test_real_payloads_are_all_taken(self):
        for kind, payload in webhooks.github_examples():
            body, headers = webhooks.github_request(kind, payload, SECRET)
            status, answer, _ = self.post("/webhooks/github", body, headers)
            self.assertEqual(status, 200, (kind, payload.get("action"), answer))

    def test_sigterm_ends_it_with_0(self):
        self.assertEqual(self.gateway.stop(), 0)

    def test_neither_ticket_text_nor_secret_is_logged(self):
        mark = uuid.uuid4().hex
        self.post("/webhooks/github", *self.github_issue(title=mark))
        self.post("/webhooks/github", *self.github_issue("forged", title=mark))
        for log in (self.gateway.output(), self.clearwayd.output()):
            self.assertNotIn(mark, log)
            self.assertNotIn(SECRET, log)


if __name__ == "__main__":
    harness.main()
