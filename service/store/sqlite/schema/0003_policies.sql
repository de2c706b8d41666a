-- Snoozes rest a blocker's ladder; limits and groups ask what a recipient was told.
-- JSON: [[begin, end], …]
ALTER TABLE blockers ADD COLUMN snoozes TEXT NOT NULL DEFAULT '[]';

ALTER TABLE escalations ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
-- '': told by itself.
ALTER TABLE escalations ADD COLUMN message_group TEXT NOT NULL DEFAULT '';
ALTER TABLE escalations ADD COLUMN urgency REAL NOT NULL DEFAULT 0;
CREATE INDEX escalations_by_recipient ON escalations (tenant, recipient, create_time_us)
  WHERE recipient <> '';
