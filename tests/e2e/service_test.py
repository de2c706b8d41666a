"""clearwayd as its callers meet it: events in; verdicts, blockers, escalations, metrics, reports out."""

import json
import subprocess

import harness
from harness import (FAILED_PRECONDITION, INVALID_ARGUMENT, NOT_FOUND, ago, documents, event,
                     programs, stuck_event, wait_for)


class ServiceTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.start_clearwayd(config="sweep_interval: 100ms\n")

    def test_event_becomes_verdict_blocker_escalation_metric_and_report(self):
        answer = self.ingest(stuck_event("e1", time=ago(days=2)))
        self.assertEqual(answer["result"], "INGEST_RESULT_APPLIED")
        verdict = answer["classification"]
        self.assertEqual(verdict["category"], "CATEGORY_CROSS_TEAM")
        self.assertEqual(verdict["reason"], "REASON_APPROVAL_OR_SIGN_OFF")
        self.assertIn("legal", verdict["waitingOn"].lower())
        fields = {"title": harness.STUCK_TITLE, "description": harness.STUCK_TEXT}
        self.assertTrue(verdict["evidence"])
        for span in verdict["evidence"]:
            text = fields[span["field"]].encode()
            self.assertEqual(text[span.get("begin", 0):span["end"]].decode(), span["text"])
            self.assertEqual(fields[span["field"]][span.get("beginCodePoint", 0):span["endCodePoint"]],
                             span["text"])

        name = answer["blocker"]["name"]
        blocker = self.rpc_ok("BlockerService/GetBlocker", {"name": name})["blocker"]
        self.assertEqual(blocker["ticket"], "PAY-1")
        self.assertEqual(blocker["category"], "CATEGORY_CROSS_TEAM")
        self.assertGreaterEqual(len(blocker["history"]), 1)
        self.assertEqual([b["name"] for b in self.blockers(filter="category = CROSS_TEAM")], [name])
        self.assertEqual(self.blockers(filter="category = TECHNICAL"), [])

        # Two days old and of high priority: a step of the ladder was due at once.
        listed = self.rpc_ok("EscalationService/ListEscalations",
                             {"parent": "tenants/default", "blocker": name})["escalations"]
        self.assertEqual(len(listed), 1)
        step = listed[0]
        for field in ("target", "channel", "draftMessage", "rationale", "policy", "dueTime"):
            self.assertTrue(step[field], field)
        self.assertGreaterEqual(len(step["steps"]), 2)
        self.assertEqual(step["language"], "en")
        ladder = self.rpc_ok("EscalationService/SuggestEscalations", {"blocker": name})["escalations"]
        self.assertEqual([s["level"] for s in ladder], sorted(s["level"] for s in ladder))

        self.assertEqual(
            self.metric("clearway_ticket_events_total", source="jira", result="applied"), 1)
        self.assertEqual(
            self.metric("clearway_classifications_total", category="CROSS_TEAM", language="en"), 1)
        wait_for(lambda: self.metric("clearway_blockers_open", category="CROSS_TEAM") == 1,
                 "the gauge of open blockers to be refreshed")

        report = self.rpc_ok("ReportService/GetBlockerReport", {"parent": "tenants/default"})["report"]
        self.assertEqual(report["total"]["open"], "1")
        self.assertEqual(report["nonTechnicalShare"], 1)
        self.assertEqual(report["oldestOpen"][0]["ticket"], "PAY-1")

    def test_chinese_ticket_gets_chinese_words(self):
        answer = self.ingest(event("z1", "MES-1", ago(days=3), ticket={
            "title": "门店退货功能上线被卡住：法务部还没有审批",
            "description": "我们被卡住了。功能已经开发完成，一直在等法务部审批签字，没有他们的批准就不能上线。",
            "status": "阻塞", "priority": "PRIORITY_HIGH"}))
        self.assertEqual(answer["classification"]["language"], "zh")
        self.assertEqual(answer["classification"]["category"], "CATEGORY_CROSS_TEAM")
        step = answer["escalations"][0]
        self.assertEqual(step["language"], "zh")
        self.assertRegex(step["draftMessage"], "[\u4e00-\u9fff]{4}")

    def test_ticket_that_is_done_ends_its_blocker(self):
        name = self.ingest(stuck_event("e1", time=ago(hours=6)))["blocker"]["name"]
        answer = self.ingest(event(
            "e2", time=ago(hours=1), ticketMask="status,done",
            ticket={"status": "Done", "done": True},
            commentUpserts=[{"id": "1", "author": "dev", "body": harness.FREE_COMMENT}]))
        self.assertEqual(answer["blocker"]["name"], name)
        self.assertEqual(answer["blocker"]["state"], "BLOCKER_STATE_RESOLVED")
        self.assertEqual(self.metric("clearway_time_to_unblock_seconds_count"), 1)

    def test_duplicate_changes_nothing(self):
        first = self.ingest(stuck_event("e1"))
        before = self.rpc_ok("BlockerService/GetBlocker", {"name": first["blocker"]["name"]})
        again = self.ingest(event("e1", ticket={"title": "All is well", "status": "Done"}))
        self.assertEqual(again["result"], "INGEST_RESULT_DUPLICATE")
        self.assertEqual(
            self.rpc_ok("BlockerService/GetBlocker", {"name": first["blocker"]["name"]}), before)
        self.assertEqual(len(self.blockers()), 1)

    def test_older_event_does_not_overwrite_newer_state(self):
        self.ingest(stuck_event("new", time=ago(hours=1)))
        late = self.ingest(event("old", time=ago(hours=5), ticket={"title": "Add a form"}))
        self.assertEqual(late["result"], "INGEST_RESULT_STALE")
        self.assertEqual(self.blockers()[0]["title"], harness.STUCK_TITLE)
        self.assertEqual(self.metric("clearway_ticket_events_total", result="stale"), 1)

    def test_bad_input_names_the_field_and_stores_nothing(self):
        cases = {
            "no ticket key": (stuck_event("b1", ticket={"key": ""}), "event.ticket.key"),
            "no event id": (stuck_event(""), "event.event_id"),
            "bad tenant": ({**stuck_event("b2"), "tenant": "No Such"}, "event.tenant"),
            "no time": ({**stuck_event("b3"), "eventTime": None}, "event.event_time"),
            "oversized text": (stuck_event("b4", ticket={"title": "x" * 5000}), "event.ticket.title"),
            "comment without id": (
                stuck_event("b5", commentUpserts=[{"id": "1", "body": "a"}, {"body": "b"}]),
                "event.comment_upserts[1].id"),
        }
        for name, (bad, field) in cases.items():
            with self.subTest(name):
                answer = self.rpc("TicketEventService/IngestTicketEvent", {"event": bad})
                self.assertEqual(answer.code, INVALID_ARGUMENT, answer)
                self.assertIn(field, answer.error_text)
                self.assertIn("google.rpc.BadRequest", answer.error_text)
        self.assertEqual(self.blockers(), [])
        # The ids of refused events are free.
        self.assertEqual(self.ingest(stuck_event("b1"))["result"], "INGEST_RESULT_APPLIED")

    def test_unknown_tenant_is_not_found(self):
        answer = self.rpc("TicketEventService/IngestTicketEvent",
                          {"event": {**stuck_event("t1"), "tenant": "strangers"}})
        self.assertEqual(answer.code, NOT_FOUND)
        self.assertIn("strangers", answer.error_text)

    def test_stream_answers_each_event_in_order_and_survives_a_bad_one(self):
        events = [stuck_event("s1", "A-1"), event("s2", "A-2", ticket={"title": "x" * 5000}),
                  stuck_event("s3", "A-3"), stuck_event("s1", "A-1")]
        done = subprocess.run(
            [*harness.BUF_CURL, "--data", "@-",
             f"http://{self.grpc_address}/clearway.v1.TicketEventService/StreamTicketEvents"],
            input="\n".join(json.dumps({"event": e}) for e in events),
            capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        answers = documents(done.stdout)
        self.assertEqual([a["eventId"] for a in answers], ["s1", "s2", "s3", "s1"])
        self.assertEqual(answers[0]["ingested"]["result"], "INGEST_RESULT_APPLIED")
        self.assertEqual(answers[1]["error"]["code"], INVALID_ARGUMENT)
        self.assertEqual(answers[1]["error"]["fieldViolations"][0]["field"], "event.ticket.title")
        self.assertEqual(answers[2]["ingested"]["result"], "INGEST_RESULT_APPLIED")
        self.assertEqual(answers[3]["ingested"]["result"], "INGEST_RESULT_DUPLICATE")

    def test_classifying_touches_no_state(self):
        answer = self.rpc_ok("ClassificationService/ClassifyTicket", {
            "ticket": {"title": harness.STUCK_TITLE, "description": harness.STUCK_TEXT}})
        self.assertEqual(answer["classification"]["category"], "CATEGORY_CROSS_TEAM")
        self.assertEqual(self.blockers(), [])

    def test_people_acknowledge_judge_and_resolve(self):
        name = self.ingest(stuck_event("e1", time=ago(hours=1)))["blocker"]["name"]
        taken = self.rpc_ok("BlockerService/AcknowledgeBlocker", {"name": name, "actor": "lead"})
        self.assertEqual(taken["blocker"]["state"], "BLOCKER_STATE_ACKNOWLEDGED")
        self.assertNotIn("nextEscalationTime", taken["blocker"])
        judged = self.rpc_ok("BlockerService/SubmitFeedback", {
            "name": name, "actor": "lead", "category": "CATEGORY_CROSS_TEAM"})
        self.assertTrue(judged["agrees"])
        over = self.rpc_ok("BlockerService/ResolveBlocker", {"name": name, "actor": "lead"})
        self.assertEqual(over["blocker"]["state"], "BLOCKER_STATE_RESOLVED")
        late = self.rpc("BlockerService/AcknowledgeBlocker", {"name": name, "actor": "lead"})
        self.assertEqual(late.code, FAILED_PRECONDITION)
        history = self.rpc_ok("BlockerService/GetBlocker", {"name": name})["blocker"]["history"]
        self.assertEqual([row["actor"] for row in history][-2:], ["lead", "lead"])

    def test_pages_hold_every_blocker_once(self):
        for i in range(5):
            self.ingest(stuck_event(f"p{i}", f"PAGE-{i}"))
        seen, token = [], ""
        for _ in range(4):
            page = self.rpc_ok("BlockerService/ListBlockers", {
                "parent": "tenants/default", "pageSize": 2, "pageToken": token})
            seen += [b["ticket"] for b in page["blockers"]]
            token = page.get("nextPageToken", "")
            if not token:
                break
        self.assertEqual(seen, [f"PAGE-{i}" for i in (4, 3, 2, 1, 0)])
        garbage = self.rpc("BlockerService/ListBlockers", {
            "parent": "tenants/default", "pageToken": "garbage"})
        self.assertEqual(garbage.code, INVALID_ARGUMENT)

    def test_health_and_status_pages_answer(self):
        # gRPC's own health service is not among what reflection describes: an empty message by hand,
        # a frame of no flags and no bytes, is answered with status = SERVING.
        done = subprocess.run(
            [*harness.CURL, "--http2-prior-knowledge", "--header", "Content-Type: application/grpc",
             "--header", "TE: trailers", "--data-binary", "@-",
             f"http://{self.grpc_address}/grpc.health.v1.Health/Check"],
            input=bytes(5), capture_output=True, timeout=30, check=False)
        self.assertEqual(done.stdout, b"\0\0\0\0\x02\x08\x01", done.stderr)
        for path in ("/healthz", "/readyz"):
            self.assertEqual(self.http_get(self.http_address, path)[0], 200)
        self.assertEqual(self.metric("clearway_build_info"), 1)

    def test_the_root_is_told_about_and_what_hangs_on_it_is_held_back(self):
        links = [{"type": "is blocked by", "key": "PAY-1"}]
        root = self.ingest(stuck_event("r1", "PAY-1", ago(hours=1)))["blocker"]["name"]
        leaf = self.ingest(stuck_event("r2", "PAY-2", ago(days=2), ticket={"links": links}))
        self.assertTrue(all("name" not in step for step in leaf["escalations"]), "nothing was taken")
        self.assertIn("Held back: it hangs on PAY-1", leaf["escalations"][0]["rationale"])
        self.ingest(event("r3", "PAY-3", ticket={"title": "Add a form", "links": [
            {"type": "is blocked by", "key": "PAY-2"}]}))

        def roots(**request):
            return self.rpc_ok("RootCauseService/GetRootCauses",
                               {"parent": "tenants/default", **request})

        wait_for(lambda: roots().get("rootCauses", [{}])[0].get("tickets") == "2",
                 "both tickets to hang on the root")
        found = roots(dailyCost=100)["rootCauses"]
        self.assertEqual([r["ticket"] for r in found], ["PAY-1"])
        self.assertEqual(found[0]["blocker"], root)
        self.assertEqual([h["ticket"] for h in found[0]["hanging"]], ["PAY-2", "PAY-3"])
        self.assertEqual(found[0]["stuckTickets"], "1")
        self.assertGreater(found[0]["cost"], 150)
        ladder = self.rpc_ok("EscalationService/SuggestEscalations", {"blocker": root})
        self.assertIn("2 tickets hang on it", ladder["escalations"][0]["rationale"])

        # The root is done: what hung on it goes on by itself.
        self.ingest(event("r4", "PAY-1", ago(minutes=1), ticketMask="done", ticket={"done": True}))
        wait_for(lambda: self.rpc_ok(
            "EscalationService/ListEscalations",
            {"parent": "tenants/default", "blocker": leaf["blocker"]["name"]}).get("escalations"),
                 "the leaf's step to be taken")
        self.assertEqual([r["ticket"] for r in roots()["rootCauses"]], ["PAY-2"])

    def test_watch_hands_out_what_fell_due(self):
        self.ingest(stuck_event("e1", time=ago(days=2)))
        watch = self.ended_with_the_test(programs.Program(
            [*harness.BUF_CURL, "--data", json.dumps({"parent": "tenants/default", "cursor": "0"}),
             f"http://{self.grpc_address}/clearway.v1.EscalationService/WatchEscalations"],
            self.folder / "watch.log"))
        wait_for(lambda: "draftMessage" in watch.output(), "an escalation on the stream")
        self.assertIn("tenants/default/escalations/", watch.output())


if __name__ == "__main__":
    harness.main()
