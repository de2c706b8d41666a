-- A message may tell of several blockers, and what came of each step is kept.
-- JSON: [[blocker id, source, ticket, title, level, due time], …]; '[]': of its own blocker alone.
ALTER TABLE escalations ADD COLUMN members TEXT NOT NULL DEFAULT '[]';
-- How many messages a minute had.
CREATE INDEX escalations_by_time ON escalations (tenant, create_time_us);

-- The steps that were told: at most one for each blocker, opening and level.
CREATE TABLE escalation_steps (
  tenant TEXT NOT NULL,
  blocker_id INTEGER NOT NULL,
  -- 0 for the first spell, one more for each re-opening.
  opening INTEGER NOT NULL,
  level INTEGER NOT NULL,
  escalation_id INTEGER NOT NULL,
  project TEXT NOT NULL,
  category INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  channel TEXT NOT NULL,
  take_time_us INTEGER NOT NULL,
  -- A 64-bit fingerprint, as a signed number; 0: not known.
  words INTEGER NOT NULL,
  -- 1 pending, 2 resolved, 3 next step, 4 moot
  outcome INTEGER NOT NULL,
  -- NULL: pending, or not known.
  outcome_time_us INTEGER,
  PRIMARY KEY (tenant, blocker_id, opening, level),
  FOREIGN KEY (tenant, blocker_id) REFERENCES blockers (tenant, id)
) WITHOUT ROWID;
-- Reports ask for what was told since.
CREATE INDEX escalation_steps_by_time ON escalation_steps (tenant, take_time_us);

-- Of what was told before: the n-th time that a blocker reached a level is taken for its n-th opening,
-- and a level that is no higher than the one before it for a sign that the spell had ended.
INSERT INTO escalation_steps
  SELECT e.tenant, e.blocker_id,
    row_number() OVER (PARTITION BY e.tenant, e.blocker_id, e.level ORDER BY e.id) - 1,
    e.level, e.id, b.project, e.category, e.reason, e.channel, e.create_time_us, 0,
    CASE WHEN lead(e.level) OVER later > e.level THEN 3
         WHEN lead(e.level) OVER later IS NOT NULL OR b.resolve_time_us IS NOT NULL THEN 2
         ELSE 1 END,
    CASE WHEN lead(e.level) OVER later > e.level THEN lead(e.create_time_us) OVER later
         WHEN lead(e.level) OVER later IS NULL THEN b.resolve_time_us END
  FROM escalations AS e JOIN blockers AS b ON b.tenant = e.tenant AND b.id = e.blocker_id
  WHERE e.create_time_us IS NOT NULL
  WINDOW later AS (PARTITION BY e.tenant, e.blocker_id ORDER BY e.id);
