-- What keeps lists and reports quick over a million blockers. A report reads no rows: all it sums up is in two
-- indexes (see CLEARWAY_REPORTED_COLUMNS). Before `open_time_us` stands what pages and gauges ask for.
DROP INDEX blockers_unresolved;
CREATE INDEX blockers_unresolved ON blockers (tenant, id, category, reason, project, resolve_time_us,
    open_time_us, spell_time_us, past_spells)
  WHERE resolve_time_us IS NULL;
DROP INDEX blockers_resolved;
CREATE INDEX blockers_resolved ON blockers (tenant, resolve_time_us, open_time_us, spell_time_us, category,
    reason, project, past_spells)
  WHERE resolve_time_us IS NOT NULL;

-- Pages of a ticket, and its latest: behind the columns stands the id. Trackers seldom share a key.
DROP INDEX blockers_by_ticket;
CREATE INDEX blockers_by_ticket ON blockers (tenant, ticket);
-- Pages of a project.
CREATE INDEX blockers_by_project ON blockers (tenant, project) WHERE project <> '';

-- What is written to see whether there is room, after something could not be; else empty.
CREATE TABLE room_checks (filler BLOB NOT NULL);
