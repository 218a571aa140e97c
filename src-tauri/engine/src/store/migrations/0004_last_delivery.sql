-- When an endpoint was last called. Asked of its deliveries it would take the longer the more of them there are.
ALTER TABLE endpoint ADD COLUMN last_delivery_at INTEGER;
UPDATE endpoint SET last_delivery_at = (SELECT max(received_at) FROM delivery WHERE endpoint_id = endpoint.id);
