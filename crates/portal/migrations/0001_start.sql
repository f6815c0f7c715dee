CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created       INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;

-- key_version is the version that the document key names. It moves only when an editing session
-- has ended with a saved file, or when a person replaced the content: never for a force save, so
-- that everybody who opens the file meanwhile joins the running session.
CREATE TABLE files (
    id          TEXT PRIMARY KEY,
    owner       TEXT NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL,
    created     INTEGER NOT NULL,
    key_version TEXT NOT NULL
) STRICT;

CREATE TABLE versions (
    id          TEXT PRIMARY KEY,
    file_id     TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    blob        TEXT NOT NULL,
    size        INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    file_type   TEXT NOT NULL,
    author      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    restored    INTEGER,
    created     INTEGER NOT NULL,
    session_key TEXT,
    UNIQUE (file_id, number)
) STRICT;

CREATE TABLE rights (
    file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    level   TEXT NOT NULL CHECK (level IN ('view', 'edit')),
    PRIMARY KEY (file_id, user_id)
) STRICT;

-- What a document server has already delivered, so that a callback sent again makes no second
-- version. The address is kept as a hash: it is a signed link.
CREATE TABLE deliveries (
    file_id  TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    status   INTEGER NOT NULL,
    url_hash TEXT NOT NULL,
    version  TEXT NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (file_id, key, status, url_hash)
) STRICT;
