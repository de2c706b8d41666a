-- Reports and pages are read from indexes alone, but for rows whose part of the table was written to since its
-- last vacuum. One update in fifty rows leaves few parts untouched, so the usual fifth is too late.
ALTER TABLE blockers SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);
