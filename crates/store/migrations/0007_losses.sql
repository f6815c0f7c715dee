-- What a save loses of the document as it was fetched, as JSON; null if it was not looked at.
ALTER TABLE sessions ADD COLUMN losses TEXT NOT NULL DEFAULT 'null';
