-- Times are microseconds since the Unix epoch. Enums are the numbers of clearway.v1. Every key starts
-- with the tenant.

-- The ids of all events ever taken in: what makes a repeated delivery harmless.
CREATE TABLE events (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  ticket TEXT NOT NULL,
  event_time_us INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  receive_time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, source, event_id)
) WITHOUT ROWID;

-- Not WITHOUT ROWID: the states are too large to sit in the key's tree.
CREATE TABLE tickets (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  -- clearway.storage.v1.TicketState
  state BLOB NOT NULL,
  PRIMARY KEY (tenant, source, ticket)
);

CREATE TABLE blockers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  project TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  state INTEGER NOT NULL,
  category INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  secondary INTEGER NOT NULL,
  waiting_on TEXT NOT NULL,
  confidence REAL NOT NULL,
  priority INTEGER NOT NULL,
  escalation_level INTEGER NOT NULL,
  open_time_us INTEGER NOT NULL,
  spell_time_us INTEGER NOT NULL,
  -- JSON: [[begin, end], …]
  past_spells TEXT NOT NULL,
  acknowledge_time_us INTEGER,
  resolve_time_us INTEGER,
  update_time_us INTEGER NOT NULL,
  language TEXT NOT NULL,
  next_escalation_time_us INTEGER,
  -- A 64-bit fingerprint, as a signed number.
  resolved_text INTEGER,
  -- The partial indexes tell who is unresolved by the time alone.
  CHECK ((state = 4) = (resolve_time_us IS NOT NULL))
);

-- Pages, newest first; also the parent key of what hangs on a blocker.
CREATE UNIQUE INDEX blockers_by_id ON blockers (tenant, id);
-- A ticket's latest.
CREATE INDEX blockers_by_ticket ON blockers (tenant, source, ticket);
-- The few that last, among the many that are over: pages of them, and their counts without their rows
-- (for which SQLite wants the condition's own column in the index).
CREATE INDEX blockers_unresolved ON blockers (tenant, id, category, reason, project, resolve_time_us)
  WHERE resolve_time_us IS NULL;
-- The sweep asks for all tenants at once.
CREATE INDEX blockers_due ON blockers (next_escalation_time_us)
  WHERE next_escalation_time_us IS NOT NULL AND resolve_time_us IS NULL;
-- Reports ask for what ended since.
CREATE INDEX blockers_resolved ON blockers (tenant, resolve_time_us)
  WHERE resolve_time_us IS NOT NULL;

CREATE TABLE blocker_changes (
  tenant TEXT NOT NULL,
  blocker_id INTEGER NOT NULL,
  -- 1 for a blocker's first.
  position INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  actor TEXT NOT NULL,
  from_state INTEGER NOT NULL,
  to_state INTEGER NOT NULL,
  category INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (tenant, blocker_id, position),
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
) WITHOUT ROWID;

CREATE TABLE escalations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  blocker_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  level INTEGER NOT NULL,
  target TEXT NOT NULL,
  channel TEXT NOT NULL,
  due_time_us INTEGER NOT NULL,
  create_time_us INTEGER,
  -- JSON: [text, …]
  steps TEXT NOT NULL,
  draft_message TEXT NOT NULL,
  rationale TEXT NOT NULL,
  language TEXT NOT NULL,
  category INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  policy TEXT NOT NULL,
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
);
CREATE INDEX escalations_by_id ON escalations (tenant, id);
CREATE INDEX escalations_by_blocker ON escalations (tenant, blocker_id, id);

CREATE TABLE feedback (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  blocker_id INTEGER NOT NULL,
  actor TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  verdict_category INTEGER NOT NULL,
  verdict_reason INTEGER NOT NULL,
  category INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  waiting_on TEXT NOT NULL,
  note TEXT NOT NULL,
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
);
CREATE INDEX feedback_by_id ON feedback (tenant, id);
