-- Feedback is given on tickets, with or without a blocker, and keeps the ticket it was given on. SQLite
-- cannot drop a NOT NULL, so the table is made anew.
CREATE TABLE feedback_on_tickets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  -- NULL: the ticket had none.
  blocker_id INTEGER,
  actor TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  verdict_category INTEGER NOT NULL,
  verdict_reason INTEGER NOT NULL,
  category INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  secondary INTEGER NOT NULL,
  waiting_on TEXT NOT NULL,
  note TEXT NOT NULL,
  language TEXT NOT NULL,
  -- clearway.v1.Ticket; NULL where the judgement is not about the ticket as it stood, and for all that was
  -- given before schema 2.
  snapshot BLOB,
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
);
INSERT INTO feedback_on_tickets (id, tenant, source, ticket, blocker_id, actor, time_us,
    verdict_category, verdict_reason, category, reason, secondary, waiting_on, note, language)
  SELECT f.id, f.tenant, b.source, b.ticket, f.blocker_id, f.actor, f.time_us,
    f.verdict_category, f.verdict_reason, f.category, f.reason, 0, f.waiting_on, f.note, b.language
  FROM feedback AS f JOIN blockers AS b ON b.tenant = f.tenant AND b.id = f.blocker_id;
DROP TABLE feedback;
ALTER TABLE feedback_on_tickets RENAME TO feedback;
CREATE INDEX feedback_by_id ON feedback (tenant, id);
