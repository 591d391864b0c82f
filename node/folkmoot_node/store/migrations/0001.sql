-- Ids, keys and wires are blobs; times are milliseconds since 1970, days are days since 1970, both in UTC.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- The operations kept of every identity.
CREATE TABLE operations (
  id BLOB NOT NULL PRIMARY KEY,
  identity BLOB NOT NULL,
  wire BLOB NOT NULL
) STRICT;
CREATE INDEX operations_by_identity ON operations (identity);

-- At each address the winner, and what is shown until the winner is due. A tombstone is never shown.
-- `row` also numbers the entries in refs, skills and search.
CREATE TABLE records (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  author BLOB NOT NULL,
  space TEXT NOT NULL,
  kind TEXT NOT NULL,
  slot INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  is_winner INTEGER NOT NULL,
  shown_from INTEGER NOT NULL,
  shown_until INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  wire BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX records_by_id ON records (id);
CREATE INDEX records_by_address ON records (author, kind, space, slot);
CREATE INDEX records_by_author ON records (author, rev, kind);
CREATE INDEX records_by_kind ON records (kind, rev);
CREATE INDEX records_beaten ON records (shown_until) WHERE is_winner = 0;
CREATE INDEX records_by_space ON records (space, expires, is_winner, id);

-- Which records refer to an id, newest last. A relation of our own begins with a tilde, as no other can.
CREATE TABLE refs (
  target BLOB NOT NULL,
  relation TEXT NOT NULL,
  rev INTEGER NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (target, relation, rev, row)
) STRICT, WITHOUT ROWID;

-- Which records of a kind name a skill, by its label in folded case, newest last.
CREATE TABLE skills (
  label TEXT NOT NULL,
  kind TEXT NOT NULL,
  rev INTEGER NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (label, kind, rev, row)
) STRICT, WITHOUT ROWID;

-- Words of records. Without a copy of the text: what leaves is told by the same words with which it came.
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', tokenize = 'unicode61 remove_diacritics 2');

-- Records that wait for operations of their author. Those that were held until an identity became disputed have the
-- room that they had before; all others share a bounded one.
CREATE TABLE quarantine (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  author BLOB NOT NULL,
  source TEXT NOT NULL,
  was_held INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  wire BLOB NOT NULL
) STRICT;
CREATE INDEX quarantine_by_author ON quarantine (author);
CREATE INDEX quarantine_by_source ON quarantine (source, seq) WHERE was_held = 0;

-- Identities whose keys this node has, and every record of theirs that it ever held.
CREATE TABLE own_identities (
  identity BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE own_records (
  id BLOB NOT NULL PRIMARY KEY,
  author BLOB NOT NULL,
  space TEXT NOT NULL,
  kind TEXT NOT NULL,
  slot INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  wire BLOB NOT NULL
) STRICT;
CREATE INDEX own_records_by_address ON own_records (author, kind, space, slot, rev);
CREATE INDEX own_records_by_author ON own_records (author, rev);

-- The address book.
CREATE TABLE peers (
  peer TEXT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  seen_ms INTEGER NOT NULL,
  failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
