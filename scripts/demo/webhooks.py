"""Webhooks as GitHub and Jira send them: signed, with the headers and bodies of the real thing."""

import datetime
import hashlib
import hmac
import http.client
import json
import pathlib
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "scripts/node_modules/@octokit/webhooks-examples"


def signature(secret, body):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def stable_id(body):
    """An id that is the same for the same body, as a sender keeps it over its retries."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(body).hexdigest()))


def github_request(event, payload, secret):
    body = json.dumps(payload).encode()
    return body, {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": stable_id(body),
        "X-Hub-Signature-256": signature(secret, body),
    }


def jira_request(payload, secret):
    body = json.dumps(payload, ensure_ascii=False).encode()
    return body, {
        "Content-Type": "application/json",
        "X-Atlassian-Webhook-Identifier": stable_id(body),
        "X-Hub-Signature": signature(secret, body),
    }


class Sender:
    """Posts to one address over one connection."""

    def __init__(self, address):
        self._connection = http.client.HTTPConnection(address, timeout=30)

    def post(self, path, body, headers):
        """Returns the status, the headers and the answer, decoded where it is JSON."""
        self._connection.request("POST", path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        try:
            answer = json.loads(text)
        except ValueError:
            answer = text
        return response.status, response.headers, answer

    def close(self):
        self._connection.close()


def github_examples():
    """Every distinct `issues` and `issue_comment` payload of @octokit/webhooks-examples, oldest
    server version last, as (event, payload)."""
    seen = set()
    for index in sorted(EXAMPLES.glob("*/index.json")):
        for kind in json.loads(index.read_text("utf-8")):
            if kind["name"] not in ("issues", "issue_comment"):
                continue
            for payload in kind["examples"]:
                text = json.dumps(payload, sort_keys=True)
                if text not in seen:
                    seen.add(text)
                    yield kind["name"], payload


JIRA_FLAG = "customfield_10021"


class JiraTicket:
    """A scripted ticket of week.jsonl, told as Jira Cloud tells it."""

    def __init__(self, script, now):
        self.script = script
        self._now = now
        self._status = ""
        self._done = False
        self._flagged = False
        self._title = script["title"]
        self._description = script["description"]
        self._comments = 0
        # Derived from the key, so that a second run of the same script makes the same ids.
        self._id = 10000 + int(hashlib.sha256(script["key"].encode()).hexdigest()[:4], 16)

    def requests(self, secret):
        """(time, ticket key, body, headers) of each webhook, oldest first."""
        for event in self.script["events"]:
            time = self._now - datetime.timedelta(days=event["days_ago"])
            payload = getattr(self, "_on_" + event["do"])(event, time)
            payload["timestamp"] = round(time.timestamp() * 1000)
            payload["user"] = _user(event.get("author", self.script["reporter"]))
            yield time, self.script["key"], *jira_request(payload, secret)

    def _on_create(self, event, time):
        del time
        self._status = event["status"]
        return {"webhookEvent": "jira:issue_created", "issue_event_type_name": "issue_created",
                "issue": self._issue()}

    def _on_status(self, event, time):
        before, self._status, self._done = self._status, event["status"], event["done"]
        return self._updated("status", before, self._status, time)

    def _on_flag(self, event, time):
        self._flagged = event["on"]
        mark = ["", "Impediment"]
        return self._updated("Flagged", mark[not event["on"]], mark[event["on"]], time)

    def _on_comment(self, event, time):
        self._comments += 1
        # Such a body carries a few fields alone; what it leaves out is not empty.
        fields = self._issue()["fields"]
        few = ("summary", "issuetype", "project", "priority", "status")
        stamp = _jira_time(time)
        return {
            "webhookEvent": "comment_created",
            "comment": {
                "id": str(self._id * 100 + self._comments), "author": _user(event["author"]),
                "body": event["body"], "created": stamp, "updated": stamp,
            },
            "issue": {"id": str(self._id), "key": self.script["key"],
                      "fields": {name: fields[name] for name in few}},
        }

    def _updated(self, field, before, after, time):
        return {
            "webhookEvent": "jira:issue_updated", "issue_event_type_name": "issue_generic",
            "issue": self._issue(),
            "changelog": {
                "id": str(round(time.timestamp())),
                "items": [{"field": field, "fieldtype": "jira", "fromString": before,
                           "toString": after}],
            },
        }

    def _issue(self):
        script = self.script
        category = "done" if self._done else ("new" if self._status in ("To Do", "待办")
                                              else "indeterminate")
        return {
            "id": str(self._id),
            "key": script["key"],
            "self": f"https://jira.example.com/rest/api/2/issue/{self._id}",
            "fields": {
                "summary": self._title,
                "description": self._description,
                "issuetype": {"name": "Task"},
                "project": {"key": script["project"], "name": script["project"]},
                "priority": {"name": script["priority"]},
                "status": {"name": self._status, "statusCategory": {"key": category}},
                "assignee": _user(script["assignee"]) if script["assignee"] else None,
                "reporter": _user(script["reporter"]),
                "labels": script["labels"],
                "issuelinks": [
                    {"type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
                     "inwardIssue": {"key": key}} for kind, key in script["links"]
                    if kind == "is blocked by"],
                "created": _jira_time(
                    self._now - datetime.timedelta(days=script["events"][0]["days_ago"])),
                "duedate": None,
                JIRA_FLAG: [{"value": "Impediment"}] if self._flagged else None,
            },
        }


def _user(role):
    return {"accountId": role, "displayName": role}


def _jira_time(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}+0000"


def week_scripts():
    """The tickets of week.jsonl."""
    with open(pathlib.Path(__file__).with_name("week.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def week_requests(secret, now):
    """A week of scripted tickets, all events in the order they happened."""
    requests = [request for script in week_scripts()
                for request in JiraTicket(script, now).requests(secret)]
    return sorted(requests, key=lambda request: request[0])
