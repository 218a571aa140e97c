-- When the person was done with a booking. Whatever it hears after that makes it one to look at again.
ALTER TABLE booking ADD COLUMN done_at INTEGER;

-- By what a person is found again in other bookings. A phone number is written in many ways.
ALTER TABLE booking ADD COLUMN email_key TEXT AS (nullif(lower(trim(attendee ->> 'email')), '')) VIRTUAL;
ALTER TABLE booking ADD COLUMN phone_key TEXT AS (nullif(replace(replace(replace(replace(replace(replace(replace(
    attendee ->> 'phone', ' ', ''), '-', ''), '(', ''), ')', ''), '.', ''), '/', ''), '+', ''), '')) VIRTUAL;
CREATE INDEX booking_by_email ON booking (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX booking_by_phone ON booking (phone_key) WHERE phone_key IS NOT NULL;

-- What the person wrote about a booking. It goes when the booking goes.
CREATE TABLE note (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    booking_id INTEGER NOT NULL REFERENCES booking (id),
    text       TEXT    NOT NULL,
    written_at INTEGER NOT NULL,
    edited_at  INTEGER
) STRICT;
CREATE INDEX note_of_booking ON note (booking_id);

-- One kind is listed as fast as all of them, alone and of one endpoint.
CREATE INDEX event_of_kind ON event (kind);
CREATE INDEX event_of_endpoint_and_kind ON event (endpoint_id, kind);

-- Which events came on a day (since 1970, UTC). They are listed in the order of their rows, which is that of the days
-- unless the clock was set back: so these bounds are what leads to the days of last year without reading this year's.
CREATE TABLE event_day (
    day         INTEGER PRIMARY KEY,
    first_event INTEGER NOT NULL,
    last_event  INTEGER NOT NULL
) STRICT;
INSERT INTO event_day SELECT received_at / 86400000000, min(id), max(id) FROM event GROUP BY 1;
CREATE TRIGGER event_comes AFTER INSERT ON event BEGIN
    INSERT INTO event_day VALUES (NEW.received_at / 86400000000, NEW.id, NEW.id)
    ON CONFLICT (day) DO UPDATE SET
        first_event = min(first_event, excluded.first_event), last_event = max(last_event, excluded.last_event);
END;
