-- When the person wants to be reminded of this booking alone, and since when. JSON.
ALTER TABLE booking ADD COLUMN own_reminders TEXT;
CREATE INDEX booking_with_own_reminders ON booking (start_at) WHERE own_reminders IS NOT NULL;

-- Reminders that wait to be shown or answered, beside all that were.
CREATE INDEX notice_reminder_open ON notice (booking_id) WHERE kind = 'reminder' AND answer IS NULL AND held IS NULL;
