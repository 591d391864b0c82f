-- With the space before the kind, one index also leads to the records of unknown kinds of an author in a space.
DROP INDEX records_by_address;
CREATE INDEX records_by_address ON records (author, space, kind, slot);
