-- Events as they came, for as long as `retention.raw_events` says; new ones at the end, old ones deleted
-- at the beginning.
CREATE TABLE raw_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  event_id TEXT NOT NULL,
  receive_time_us INTEGER NOT NULL,
  -- clearway.v1.TicketEvent, compressed by zstd.
  event BLOB NOT NULL
);
CREATE INDEX raw_events_by_receipt ON raw_events (tenant, receive_time_us);
-- A ticket's, and which tickets have any of late.
CREATE INDEX raw_events_by_ticket ON raw_events (tenant, source, ticket, receive_time_us);

-- What was taken out, by whom and why; of tickets and authors also what keeps their texts from coming
-- back. Neither a text nor an author's id.
CREATE TABLE erasures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  -- 1 a ticket, 2 an author, 3 retention.
  kind INTEGER NOT NULL,
  -- A ticket's source and key, the SHA-256 of an author's id, or what was kept for its time.
  subject TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  done INTEGER NOT NULL
);
CREATE INDEX erasures_by_id ON erasures (tenant, id);
CREATE INDEX erasures_by_subject ON erasures (tenant, subject) WHERE kind <> 3;
CREATE INDEX erasures_unfinished ON erasures (id) WHERE done = 0 AND kind <> 3;

-- Erasing goes by ticket; a blocker that is deleted leaves the feedback on it behind.
CREATE INDEX feedback_by_ticket ON feedback (tenant, source, ticket);
CREATE INDEX feedback_by_blocker ON feedback (tenant, blocker_id);
