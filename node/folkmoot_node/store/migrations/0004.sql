-- Sketches of what is held, for sync: of all operations (the part without a name), and of the winners of each space
-- that expire after the day in meta under 'sketch_day'. Each is as it was when the changes below began.
CREATE TABLE sketches (
  part TEXT NOT NULL PRIMARY KEY,
  sketch BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What has come to count and what no longer does since the sketches were written, in the order in which it happened.
-- Operations count for ever.
CREATE TABLE sketch_changes (
  seq INTEGER PRIMARY KEY,
  part TEXT NOT NULL,
  item BLOB NOT NULL,
  expires INTEGER NOT NULL,
  step INTEGER NOT NULL
) STRICT;

CREATE TRIGGER operation_put AFTER INSERT ON operations BEGIN
  INSERT INTO sketch_changes (part, item, expires, step) VALUES ('', substr(NEW.id, 1, 16), 9007199254740991, 1);
END;
CREATE TRIGGER operation_dropped AFTER DELETE ON operations BEGIN
  INSERT INTO sketch_changes (part, item, expires, step) VALUES ('', substr(OLD.id, 1, 16), 9007199254740991, -1);
END;
CREATE TRIGGER winner_put AFTER INSERT ON records WHEN NEW.is_winner = 1 BEGIN
  INSERT INTO sketch_changes (part, item, expires, step) VALUES (NEW.space, substr(NEW.id, 1, 16), NEW.expires, 1);
END;
CREATE TRIGGER winner_dropped AFTER DELETE ON records WHEN OLD.is_winner = 1 BEGIN
  INSERT INTO sketch_changes (part, item, expires, step) VALUES (OLD.space, substr(OLD.id, 1, 16), OLD.expires, -1);
END;
CREATE TRIGGER winner_changed AFTER UPDATE OF is_winner ON records WHEN NEW.is_winner <> OLD.is_winner BEGIN
  INSERT INTO sketch_changes (part, item, expires, step)
  VALUES (NEW.space, substr(NEW.id, 1, 16), NEW.expires, NEW.is_winner - OLD.is_winner);
END;
