-- What a step says beside its message.
ALTER TABLE escalations ADD COLUMN next_step TEXT NOT NULL DEFAULT '';
ALTER TABLE escalations ADD COLUMN fallback TEXT NOT NULL DEFAULT '';
ALTER TABLE escalations ADD COLUMN handle TEXT NOT NULL DEFAULT '';
-- '': as language.
ALTER TABLE escalations ADD COLUMN draft_language TEXT NOT NULL DEFAULT '';
