-- Moments are microseconds since 1970-01-01 UTC, dates are ISO 8601 texts.

CREATE TABLE endpoint (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    provider       TEXT    NOT NULL,
    label          TEXT    NOT NULL,
    token          TEXT    NOT NULL UNIQUE,
    signature_form TEXT,                -- JSON: how the first genuine call proved itself
    given_host     TEXT,                -- the public host of the address that was last copied for its provider
    called_host    TEXT,                -- the public host of the last genuine call that came through one
    created_at     INTEGER NOT NULL,
    removed_at     INTEGER              -- its deliveries stay, its address answers 404
) STRICT;

-- The values are in the keychain or in a file, never here.
CREATE TABLE secret (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint_id  INTEGER NOT NULL REFERENCES endpoint (id),
    kept_in      TEXT    NOT NULL,      -- keychain | file
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    retired_at   INTEGER
) STRICT;
CREATE INDEX secret_of_endpoint ON secret (endpoint_id);

CREATE TABLE delivery (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint_id     INTEGER NOT NULL REFERENCES endpoint (id),
    idempotency_key TEXT    NOT NULL,
    received_at     INTEGER NOT NULL,
    query           TEXT,
    headers         BLOB    NOT NULL,   -- one "name: value" a line, as they came
    body            BLOB    NOT NULL,   -- as it came
    trust           TEXT    NOT NULL,   -- signed | token_only
    repeats         INTEGER NOT NULL DEFAULT 0,
    state           TEXT    NOT NULL DEFAULT 'pending', -- pending | processed | failed
    replay          INTEGER NOT NULL DEFAULT 0,         -- read again: tells nobody
    problems        TEXT    NOT NULL DEFAULT '[]',      -- JSON
    UNIQUE (endpoint_id, idempotency_key)               -- for ever: a repeat is recognised years later
) STRICT;
CREATE INDEX delivery_pending ON delivery (id) WHERE state = 'pending';

CREATE TABLE booking (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint_id INTEGER NOT NULL REFERENCES endpoint (id),
    status     TEXT    NOT NULL,
    title      TEXT,
    start_at   INTEGER,
    end_at     INTEGER,
    date       TEXT,                    -- where no time of day is known
    attendee   TEXT    NOT NULL,        -- JSON
    host       TEXT,
    reason     TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX booking_by_start ON booking (start_at);

-- A booking outlives the ids that its provider gives it.
CREATE TABLE booking_ref (
    endpoint_id         INTEGER NOT NULL REFERENCES endpoint (id),
    provider_booking_id TEXT    NOT NULL,
    booking_id          INTEGER NOT NULL REFERENCES booking (id),
    PRIMARY KEY (endpoint_id, provider_booking_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_ref_of_booking ON booking_ref (booking_id);

CREATE TABLE event (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id       INTEGER NOT NULL REFERENCES delivery (id),
    position          INTEGER NOT NULL, -- its place in the delivery
    endpoint_id       INTEGER NOT NULL REFERENCES endpoint (id),
    booking_id        INTEGER REFERENCES booking (id),
    fingerprint       BLOB    NOT NULL, -- equal facts are one event
    fact              TEXT    NOT NULL, -- JSON: what the provider said
    kind              TEXT    NOT NULL, -- this and what follows: seen beside the booking's other events
    status            TEXT,
    start_at          INTEGER,
    end_at            INTEGER,
    date              TEXT,
    previous_start_at INTEGER,
    previous_end_at   INTEGER,
    previous_date     TEXT,
    late              INTEGER NOT NULL, -- a later event of the booking was here before it
    received_at       INTEGER NOT NULL,
    read_at           INTEGER,          -- when the person saw it
    UNIQUE (delivery_id, position),
    UNIQUE (endpoint_id, fingerprint)
) STRICT;
CREATE INDEX event_of_booking ON event (booking_id);
CREATE INDEX event_of_endpoint ON event (endpoint_id, id);
CREATE INDEX event_unread ON event (id) WHERE read_at IS NULL;

CREATE VIRTUAL TABLE event_search USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- What we want to tell. An outbox: shown_at is set after the desktop has taken it.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id   INTEGER NOT NULL UNIQUE REFERENCES event (id) ON DELETE CASCADE,
    title      TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    planned_at INTEGER NOT NULL,
    shown_at   INTEGER,
    held       INTEGER NOT NULL DEFAULT 0 -- notifications were paused
) STRICT;
CREATE INDEX notice_waiting ON notice (id) WHERE shown_at IS NULL AND held = 0;

-- The trace of a call that was turned away. No headers, no body.
CREATE TABLE rejection (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    endpoint_id INTEGER REFERENCES endpoint (id),
    reason      TEXT    NOT NULL,
    hint        TEXT    NOT NULL
) STRICT;
CREATE INDEX rejection_of_endpoint ON rejection (endpoint_id, id);

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tests of the whole way of a call that are under way. Their calls are no deliveries, and their rows go when they end.
CREATE TABLE self_test (
    nonce        TEXT    PRIMARY KEY,
    endpoint_id  INTEGER NOT NULL REFERENCES endpoint (id),
    started_at   INTEGER NOT NULL,
    body         BLOB,
    arrived_at   INTEGER,
    received_at  INTEGER,
    verified_at  INTEGER,
    committed_at INTEGER,
    worked_at    INTEGER,
    shown_at     INTEGER,
    failure      TEXT
) STRICT, WITHOUT ROWID;
