-- One row per document key that is open, being saved, or waiting for its integrator.
CREATE TABLE sessions (
    key          TEXT    NOT NULL PRIMARY KEY,
    opening      TEXT    NOT NULL,
    last_changer TEXT,
    last_user    TEXT,
    file_type    TEXT    NOT NULL,
    original     TEXT    NOT NULL,
    snapshot     TEXT,
    changed      INTEGER NOT NULL,
    phase        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    next_attempt INTEGER,
    result       TEXT,
    base_url     TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL,
    generation   INTEGER NOT NULL
) STRICT;

-- Files that a link may name until it expires.
CREATE TABLE results (
    id        TEXT    NOT NULL PRIMARY KEY,
    blob      TEXT    NOT NULL,
    file_name TEXT    NOT NULL,
    mime      TEXT    NOT NULL,
    expires   INTEGER NOT NULL
) STRICT;

CREATE INDEX results_by_expiry ON results (expires);
CREATE INDEX results_by_blob ON results (blob);
