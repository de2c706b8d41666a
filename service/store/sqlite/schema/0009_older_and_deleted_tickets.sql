-- Up to which ticket, in the order of keys, those last written before links were kept have been linked;
-- no row: all are. One pass over the tickets, whoever goes on with it.
CREATE TABLE link_backfill (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  PRIMARY KEY (tenant, source, ticket)
) WITHOUT ROWID;
INSERT INTO link_backfill SELECT '', '', '' WHERE EXISTS (SELECT 1 FROM tickets);

-- Of what one ticket says of another: whether that other one had ended when it was deleted from here. Means
-- nothing while the other one is known.
ALTER TABLE dependencies ADD COLUMN other_ended INTEGER NOT NULL DEFAULT 0;
-- With all columns, as "hanging_by_ticket".
CREATE INDEX dependencies_on_ended ON dependencies (tenant, source, blocker, told_by_blocker, other_ended)
  WHERE other_ended = 1;
