-- Where links begin is configured, and no longer that of whoever opened a document last.
ALTER TABLE sessions DROP COLUMN base_url;
