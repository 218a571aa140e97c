-- A notice tells of an act, as before, or of something else: a booking that begins soon, two that overlap, an endpoint in
-- trouble. Whether it is shown is decided when it is due, not when it is planned.
CREATE TABLE notice_of_anything (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    kind             TEXT    NOT NULL,
    event_id         INTEGER UNIQUE REFERENCES event (id) ON DELETE CASCADE, -- the act, whose booking and endpoint are its own
    once             TEXT,              -- of every other notice: what it is told of once for
    booking_id       INTEGER REFERENCES booking (id) ON DELETE CASCADE,      -- of every other notice, as the next two
    other_booking_id INTEGER REFERENCES booking (id) ON DELETE CASCADE,
    endpoint_id      INTEGER REFERENCES endpoint (id),
    title            TEXT    NOT NULL,
    body             TEXT    NOT NULL,
    discreet_title   TEXT    NOT NULL,  -- names nobody, and neither what is booked nor why
    discreet_body    TEXT    NOT NULL,
    planned_at       INTEGER NOT NULL,
    due_at           INTEGER,           -- not before then; none: at once, whatever the clock says
    loudness         TEXT    NOT NULL,  -- silent | normal | urgent
    held             TEXT,              -- why it is not shown: paused | quiet_hours | rule | seen | over
    shown_at         INTEGER,           -- when the desktop had taken it
    quieted          INTEGER NOT NULL DEFAULT 0, -- the desktop was asked not to disturb
    answer           TEXT,              -- what the person answered: opened | done | snoozed | dismissed
    answered_at      INTEGER,
    -- Its place in the list: when it was shown, or was to be.
    listed_at        INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(shown_at, max(planned_at, due_at), planned_at)) VIRTUAL,
    CHECK ((event_id IS NULL) != (once IS NULL))
) STRICT;
-- What waited before has no discreet words but its headline.
INSERT INTO notice_of_anything
    (id, kind, event_id, title, body, discreet_title, discreet_body, planned_at, loudness, held, shown_at)
    SELECT notice.id, iif(event.kind IN ('created', 'cancelled'), event.kind, 'rescheduled'), event_id, title, body,
        iif(instr(title, ': '), substr(title, 1, instr(title, ': ') - 1), ''), '', planned_at, 'normal',
        iif(held, 'paused', NULL), shown_at
    FROM notice JOIN event ON event.id = event_id ORDER BY notice.id;
DROP TABLE notice;
ALTER TABLE notice_of_anything RENAME TO notice;
CREATE UNIQUE INDEX notice_once ON notice (once) WHERE once IS NOT NULL;
CREATE INDEX notice_listed ON notice (listed_at);
CREATE INDEX notice_waiting ON notice (id) WHERE shown_at IS NULL AND held IS NULL;
CREATE INDEX notice_of_booking ON notice (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX notice_of_other_booking ON notice (other_booking_id) WHERE other_booking_id IS NOT NULL;
