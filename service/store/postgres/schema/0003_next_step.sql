-- What a step says beside its message. With defaults: the version before does not write them.
ALTER TABLE escalations ADD COLUMN next_step bytea NOT NULL DEFAULT '';
ALTER TABLE escalations ADD COLUMN fallback bytea NOT NULL DEFAULT '';
ALTER TABLE escalations ADD COLUMN handle bytea NOT NULL DEFAULT '';
-- '': as language.
ALTER TABLE escalations ADD COLUMN draft_language bytea NOT NULL DEFAULT '';
