-- Up to which ticket, in the order of keys, those last written before links were kept have been linked;
-- no row: all are. One pass over the tickets, whoever goes on with it.
CREATE TABLE link_backfill (
  tenant text COLLATE "C" NOT NULL,
  source bytea NOT NULL,
  ticket bytea NOT NULL,
  PRIMARY KEY (tenant, source, ticket)
);
INSERT INTO link_backfill SELECT ''::text, ''::bytea, ''::bytea WHERE EXISTS (SELECT 1 FROM tickets);

-- Of what one ticket says of another: whether that other one had ended when it was deleted from here. Means
-- nothing while the other one is known. With a default: the version before does not write it.
ALTER TABLE dependencies ADD COLUMN other_ended smallint NOT NULL DEFAULT 0;
CREATE INDEX dependencies_on_ended ON dependencies (tenant, source, blocker)
  WHERE other_ended = 1;
