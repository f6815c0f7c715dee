-- SQLite cannot change a check in place.
CREATE TABLE new_rights (
    file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    level   TEXT NOT NULL CHECK (level IN ('view', 'comment', 'fill', 'review', 'edit')),
    PRIMARY KEY (file_id, user_id)
) STRICT;
INSERT INTO new_rights SELECT file_id, user_id, level FROM rights;
DROP TABLE rights;
ALTER TABLE new_rights RENAME TO rights;
