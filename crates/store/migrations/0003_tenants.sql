-- A document key belongs to a tenant; the empty name is the default, which everything was before.
CREATE TABLE sessions_of_tenants (
    tenant       TEXT    NOT NULL,
    key          TEXT    NOT NULL,
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
    generation   INTEGER NOT NULL,
    changes      TEXT    NOT NULL DEFAULT '[]',
    PRIMARY KEY (tenant, key)
) STRICT;

INSERT INTO sessions_of_tenants
    SELECT '', key, opening, last_changer, last_user, file_type, original, snapshot, changed, phase,
           attempts, next_attempt, result, base_url, created, updated, generation, changes
    FROM sessions;

DROP TABLE sessions;
ALTER TABLE sessions_of_tenants RENAME TO sessions;

-- A link gives a file to the tenant that it was made for.
ALTER TABLE results ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
