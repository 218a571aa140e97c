-- How many minutes have to stay free before and after each booking of an endpoint.
ALTER TABLE endpoint ADD COLUMN buffer_minutes INTEGER NOT NULL DEFAULT 0;

-- What is in a booking's way is asked whenever one comes. Those that began hours before are looked for among the short ones,
-- those that began days before among the few long ones alone. What is cancelled, or whose attendee did not come, is in
-- nobody's way.
ALTER TABLE booking ADD COLUMN length_class INTEGER AS (CASE
    WHEN start_at IS NULL OR status IN ('cancelled', 'no_show') THEN NULL
    WHEN end_at IS NULL OR end_at - start_at <= 10800000000 THEN 0  -- three hours
    WHEN end_at - start_at <= 86400000000 THEN 1                    -- a day
    WHEN end_at - start_at <= 864000000000 THEN 2                   -- ten days
    ELSE 3
END) VIRTUAL;
CREATE INDEX booking_in_the_way ON booking (length_class, start_at, end_at) WHERE length_class IS NOT NULL;

-- Two bookings that are in each other's way, at the times that they had when they were. A row stays when one of them is
-- moved, so that the same is not told twice, and what the person accepted is not asked again when it is moved back.
CREATE TABLE overlap (
    first_id     INTEGER NOT NULL REFERENCES booking (id), -- the smaller one
    second_id    INTEGER NOT NULL REFERENCES booking (id),
    first_start  INTEGER NOT NULL,
    first_until  INTEGER NOT NULL,
    second_start INTEGER NOT NULL,
    second_until INTEGER NOT NULL,
    between_them INTEGER NOT NULL,           -- microseconds; less than none where they want the same time
    over_at      INTEGER NOT NULL,           -- when one of them is over
    stands       INTEGER NOT NULL DEFAULT 1, -- they have these times now
    accepted_at  INTEGER,                    -- when the person accepted it
    PRIMARY KEY (first_id, second_id, first_start, first_until, second_start, second_until)
) STRICT, WITHOUT ROWID;
CREATE INDEX overlap_of_second ON overlap (second_id);
CREATE INDEX overlap_open ON overlap (over_at) WHERE stands AND accepted_at IS NULL;

-- What was not shown is few among what was.
CREATE INDEX notice_not_shown ON notice (planned_at) WHERE shown_at IS NULL;

-- Digests that were made, also those that had nothing to say.
CREATE TABLE digest (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    name  TEXT    NOT NULL UNIQUE, -- the date of a morning, or gap:ID
    since INTEGER NOT NULL,        -- from when on it tells of what came in
    at    INTEGER NOT NULL
) STRICT;
