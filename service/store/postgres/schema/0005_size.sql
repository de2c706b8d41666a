-- What keeps lists and reports quick over a million blockers.

-- A report reads no rows of those that ended for good: all it sums up is in their index (see
-- CLEARWAY_REPORTED_COLUMNS). Those that came back have spells without bound, too many for an index.
DROP INDEX blockers_resolved;
CREATE INDEX blockers_resolved ON blockers (tenant, resolve_time_us)
  INCLUDE (id, category, reason, project, open_time_us, spell_time_us)
  WHERE resolve_time_us IS NOT NULL AND past_spells = '[]';
CREATE INDEX blockers_resolved_again ON blockers (tenant, resolve_time_us)
  WHERE resolve_time_us IS NOT NULL AND past_spells <> '[]';
-- The counts, too, without rows.
DROP INDEX blockers_unresolved;
CREATE INDEX blockers_unresolved ON blockers (tenant, id) INCLUDE (category, reason, project, resolve_time_us)
  WHERE resolve_time_us IS NULL;

-- Pages of a ticket, and its latest (trackers seldom share a key); pages of a project. Both are partial so that
-- nobody takes them for a search by id: before the tables were analysed for the first time, PostgreSQL holds any
-- index that begins with the tenant to be as good as the primary key.
DROP INDEX blockers_by_ticket;
CREATE INDEX blockers_by_ticket ON blockers (tenant, ticket, id) WHERE ticket <> '';
CREATE INDEX blockers_by_project ON blockers (tenant, project, id) WHERE project <> '';
