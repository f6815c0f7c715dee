-- Who changed the document, as JSON.
ALTER TABLE sessions ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
