-- When a test was over. Its nonce stays for a while, so that a call of it which comes late is not taken for a booking.
ALTER TABLE self_test ADD COLUMN ended_at INTEGER;
