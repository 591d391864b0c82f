-- Since when an own record is here: what a thief dates back came late.
ALTER TABLE own_records ADD COLUMN received_ms INTEGER NOT NULL DEFAULT 0;

-- Identities that are closed, and since when this node knows: their records wait a while, hidden, and then go.
CREATE TABLE closings (
  identity BLOB NOT NULL PRIMARY KEY,
  since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
