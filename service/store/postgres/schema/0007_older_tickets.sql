-- Up to which ticket, in the order of keys, those last written before links were kept have been linked;
-- no row: all are. One pass over the tickets, whoever goes on with it.
CREATE TABLE link_backfill (
  tenant text COLLATE "C" NOT NULL,
  source bytea NOT NULL,
  ticket bytea NOT NULL,
  PRIMARY KEY (tenant, source, ticket)
);
INSERT INTO link_backfill SELECT ''::text, ''::bytea, ''::bytea WHERE EXISTS (SELECT 1 FROM tickets);
