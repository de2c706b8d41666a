-- Up to which ticket, in the order of keys, those last written before links were kept have been linked;
-- no row: all are. One pass over the tickets, whoever goes on with it.
CREATE TABLE link_backfill (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  PRIMARY KEY (tenant, source, ticket)
) WITHOUT ROWID;
INSERT INTO link_backfill SELECT '', '', '' WHERE EXISTS (SELECT 1 FROM tickets);
