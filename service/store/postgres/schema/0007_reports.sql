-- A report reads no rows of what ended, of what came back neither: its spells are in the index, too, unless they
-- are too many for one.
DROP INDEX blockers_resolved;
CREATE INDEX blockers_resolved ON blockers (tenant, resolve_time_us)
  INCLUDE (id, category, reason, project, open_time_us, spell_time_us, past_spells)
  WHERE resolve_time_us IS NOT NULL AND octet_length(past_spells) <= 1000;
DROP INDEX blockers_resolved_again;
CREATE INDEX blockers_resolved_often ON blockers (tenant, resolve_time_us)
  WHERE resolve_time_us IS NOT NULL AND octet_length(past_spells) > 1000;
