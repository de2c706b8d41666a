-- Which tickets hang on which, and on which roots in the end.

-- NULL in both: written before schema 4; the state tells.
ALTER TABLE tickets ADD COLUMN ended INTEGER;
ALTER TABLE tickets ADD COLUMN project TEXT;

-- "ticket" hangs on "blocker".
CREATE TABLE dependencies (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  blocker TEXT NOT NULL,
  -- Which of the two says so.
  told_by_blocker INTEGER NOT NULL,
  PRIMARY KEY (tenant, source, ticket, blocker, told_by_blocker)
) WITHOUT ROWID;
CREATE INDEX dependencies_by_blocker ON dependencies (tenant, source, blocker, ticket);

-- What was not worked out yet.
CREATE TABLE link_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  change INTEGER NOT NULL,
  put_off INTEGER NOT NULL
);
CREATE INDEX link_changes_by_scope ON link_changes (tenant, source, id);

-- Worked out: which tickets hang on a root. Blocked time is stuck * now + offset_ms.
CREATE TABLE hanging (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  root TEXT NOT NULL,
  ticket TEXT NOT NULL,
  project TEXT NOT NULL,
  in_circle INTEGER NOT NULL,
  stuck INTEGER NOT NULL,
  offset_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, source, root, ticket)
) WITHOUT ROWID;
-- With all columns: SQLite would else read the table, which has them, by tenant and source alone.
CREATE INDEX hanging_by_ticket ON hanging (tenant, source, ticket, project, in_circle, stuck, offset_ms);
CREATE INDEX hanging_by_project ON hanging (tenant, project, source, root);

-- Worked out: the sums over "hanging".
CREATE TABLE roots (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  tickets INTEGER NOT NULL,
  circle INTEGER NOT NULL,
  stuck INTEGER NOT NULL,
  offset_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, source, ticket)
) WITHOUT ROWID;
