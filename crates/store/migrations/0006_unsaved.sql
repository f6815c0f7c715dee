-- Changes that no snapshot holds yet, and those that were lost: [Unix seconds of the first, [names]] as
-- JSON, or null.
ALTER TABLE sessions ADD COLUMN unsaved TEXT NOT NULL DEFAULT 'null';
ALTER TABLE sessions ADD COLUMN lost TEXT NOT NULL DEFAULT 'null';
