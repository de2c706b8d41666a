CREATE SEQUENCE raw_event_ids;
CREATE SEQUENCE erasure_ids;

-- Events as they came, for as long as `retention.raw_events` says; new ones at the end, old ones deleted
-- at the beginning.
CREATE TABLE raw_events (
  id bigint NOT NULL DEFAULT nextval('raw_event_ids'),
  tenant text COLLATE "C" NOT NULL,
  source bytea NOT NULL,
  ticket bytea NOT NULL,
  event_id bytea NOT NULL,
  receive_time_us bigint NOT NULL,
  -- clearway.v1.TicketEvent, compressed by zstd.
  event bytea NOT NULL,
  PRIMARY KEY (tenant, receive_time_us, id)
);
-- It is compressed already.
ALTER TABLE raw_events ALTER COLUMN event SET STORAGE EXTERNAL;
-- A ticket's, and which tickets have any of late.
CREATE INDEX raw_events_by_ticket ON raw_events (tenant, source, ticket, receive_time_us);

-- What was taken out, by whom and why; of tickets and authors also what keeps their texts from coming
-- back. Neither a text nor an author's id.
CREATE TABLE erasures (
  id bigint NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  -- 1 a ticket, 2 an author, 3 retention.
  kind smallint NOT NULL,
  -- A ticket's source and key, the SHA-256 of an author's id, or what was kept for its time.
  subject bytea NOT NULL,
  time_us bigint NOT NULL,
  actor bytea NOT NULL,
  reason bytea NOT NULL,
  row_count bigint NOT NULL,
  done smallint NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX erasures_by_subject ON erasures (tenant, subject) WHERE kind <> 3;
CREATE INDEX erasures_unfinished ON erasures (id) WHERE done = 0 AND kind <> 3;

-- Erasing goes by ticket; a blocker that is deleted leaves the feedback on it behind.
CREATE INDEX feedback_by_ticket ON feedback (tenant, source, ticket);
CREATE INDEX feedback_by_blocker ON feedback (tenant, blocker_id);
