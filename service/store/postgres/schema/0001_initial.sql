-- Times are microseconds since the Unix epoch. Enums are the numbers of clearway.v1. Every key starts
-- with the tenant, which is what a cluster would spread the tables by. Texts from outside are bytea: they
-- may hold a zero byte, which text cannot, and they are compared byte by byte whatever the server's
-- encoding and collation. To read one: convert_from(title, 'UTF8').

-- Ids of all tenants. Taken under locks (see transaction.h), so that they grow with time, not with who
-- asked first.
CREATE SEQUENCE blocker_ids;
CREATE SEQUENCE escalation_ids;
CREATE SEQUENCE feedback_ids;

-- The ids of all events ever taken in: what makes a repeated delivery harmless.
CREATE TABLE events (
  tenant text COLLATE "C" NOT NULL,
  source bytea NOT NULL,
  event_id bytea NOT NULL,
  ticket bytea NOT NULL,
  event_time_us bigint NOT NULL,
  sequence bigint NOT NULL,
  receive_time_us bigint NOT NULL,
  PRIMARY KEY (tenant, source, event_id)
);

-- Room on each page, so that a state is replaced within it and no index is touched.
CREATE TABLE tickets (
  tenant text COLLATE "C" NOT NULL,
  source bytea NOT NULL,
  ticket bytea NOT NULL,
  -- clearway.storage.v1.TicketState
  state bytea NOT NULL,
  PRIMARY KEY (tenant, source, ticket)
) WITH (fillfactor = 70);

CREATE TABLE blockers (
  id bigint NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  source bytea NOT NULL,
  ticket bytea NOT NULL,
  project bytea NOT NULL,
  title bytea NOT NULL,
  url bytea NOT NULL,
  state smallint NOT NULL,
  category smallint NOT NULL,
  reason smallint NOT NULL,
  secondary smallint NOT NULL,
  waiting_on bytea NOT NULL,
  confidence double precision NOT NULL,
  priority smallint NOT NULL,
  escalation_level integer NOT NULL,
  open_time_us bigint NOT NULL,
  spell_time_us bigint NOT NULL,
  -- JSON: [[begin, end], …]
  past_spells bytea NOT NULL,
  acknowledge_time_us bigint,
  resolve_time_us bigint,
  update_time_us bigint NOT NULL,
  language bytea NOT NULL,
  next_escalation_time_us bigint,
  -- A 64-bit fingerprint, as a signed number.
  resolved_text bigint,
  -- JSON: [[begin, end], …]
  snoozes bytea NOT NULL,
  -- Pages, newest first; also the parent key of what hangs on a blocker.
  PRIMARY KEY (tenant, id),
  -- The partial indexes tell who is unresolved by the time alone.
  CHECK ((state = 4) = (resolve_time_us IS NOT NULL))
) WITH (fillfactor = 80);

-- A ticket's latest.
CREATE INDEX blockers_by_ticket ON blockers (tenant, source, ticket, id);
-- The few that last, among the many that are over.
CREATE INDEX blockers_unresolved ON blockers (tenant, id) WHERE resolve_time_us IS NULL;
-- The sweep asks for all tenants at once.
CREATE INDEX blockers_due ON blockers (next_escalation_time_us)
  WHERE next_escalation_time_us IS NOT NULL AND resolve_time_us IS NULL;
-- Reports ask for what ended since.
CREATE INDEX blockers_resolved ON blockers (tenant, resolve_time_us)
  WHERE resolve_time_us IS NOT NULL;

CREATE TABLE blocker_changes (
  tenant text COLLATE "C" NOT NULL,
  blocker_id bigint NOT NULL,
  -- 1 for a blocker's first.
  position bigint NOT NULL,
  time_us bigint NOT NULL,
  actor bytea NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  category smallint NOT NULL,
  reason smallint NOT NULL,
  note bytea NOT NULL,
  PRIMARY KEY (tenant, blocker_id, position),
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
);

CREATE TABLE escalations (
  id bigint NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  blocker_id bigint NOT NULL,
  source bytea NOT NULL,
  ticket bytea NOT NULL,
  level integer NOT NULL,
  target bytea NOT NULL,
  channel bytea NOT NULL,
  due_time_us bigint NOT NULL,
  create_time_us bigint,
  -- JSON: [text, …]
  steps bytea NOT NULL,
  draft_message bytea NOT NULL,
  rationale bytea NOT NULL,
  language bytea NOT NULL,
  category smallint NOT NULL,
  reason smallint NOT NULL,
  policy bytea NOT NULL,
  recipient bytea NOT NULL,
  -- '': told by itself.
  message_group bytea NOT NULL,
  urgency double precision NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
);
CREATE INDEX escalations_by_blocker ON escalations (tenant, blocker_id, id);
-- Limits and groups ask what a recipient was told.
CREATE INDEX escalations_by_recipient ON escalations (tenant, recipient, create_time_us)
  WHERE recipient <> '';
-- The last of all tenants.
CREATE INDEX escalations_last ON escalations (id);

CREATE TABLE feedback (
  id bigint NOT NULL DEFAULT nextval('feedback_ids'),
  tenant text COLLATE "C" NOT NULL,
  source bytea NOT NULL,
  ticket bytea NOT NULL,
  -- NULL: the ticket had none.
  blocker_id bigint,
  actor bytea NOT NULL,
  time_us bigint NOT NULL,
  verdict_category smallint NOT NULL,
  verdict_reason smallint NOT NULL,
  category smallint NOT NULL,
  reason smallint NOT NULL,
  secondary smallint NOT NULL,
  waiting_on bytea NOT NULL,
  note bytea NOT NULL,
  language bytea NOT NULL,
  -- clearway.v1.Ticket; NULL where the judgement is not about the ticket as it stood.
  snapshot bytea,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
);
