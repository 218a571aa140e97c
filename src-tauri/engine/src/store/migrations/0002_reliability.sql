-- How often the worker began on a delivery and did not come to its end. One that ends the program again and again is
-- set aside, so that it holds up nothing behind it.
ALTER TABLE delivery ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
DROP INDEX delivery_pending;
CREATE INDEX delivery_pending ON delivery (tries, id) WHERE state = 'pending';

-- When the worker came to the end of it, last.
ALTER TABLE delivery ADD COLUMN worked_at INTEGER;

CREATE INDEX delivery_with_problems ON delivery (id) WHERE problems != '[]';

-- When the person had its headers and body removed. The row stays: a repeat must still be recognised.
ALTER TABLE delivery ADD COLUMN erased_at INTEGER;

-- The calendar asks for days; bookings without a time of day are few.
CREATE INDEX booking_by_date ON booking (date) WHERE start_at IS NULL;

-- Times in which we could not be reached. At most one goes on.
CREATE TABLE gap (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    began_at       INTEGER NOT NULL,
    ended_at       INTEGER,             -- none: it goes on
    cause          TEXT    NOT NULL,    -- what is wrong now, or was last
    code           TEXT,
    detail         TEXT,
    cause_since    INTEGER NOT NULL,
    longest_cause  TEXT,                -- of what was wrong before that, what lasted longest at a stretch
    longest_code   TEXT,
    longest_detail TEXT,
    longest_lasted INTEGER,             -- microseconds
    uncertain      INTEGER NOT NULL DEFAULT 0 -- the clock was set back meanwhile
) STRICT;
CREATE UNIQUE INDEX gap_going_on ON gap ((ended_at IS NULL)) WHERE ended_at IS NULL;

-- When a receiver that had been reached was last seen to run. No row: none was, or it has been quit.
CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;
