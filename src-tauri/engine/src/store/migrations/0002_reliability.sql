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
