-- What the person said of how notices are told. The first that fits counts.
CREATE TABLE rule (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    place INTEGER NOT NULL,
    says  TEXT    NOT NULL -- JSON
) STRICT;

-- The notice that tells afterwards of what was held in quiet hours.
ALTER TABLE notice ADD COLUMN summed_up_in INTEGER REFERENCES notice (id) ON DELETE SET NULL;
CREATE INDEX notice_summed_up ON notice (summed_up_in) WHERE summed_up_in IS NOT NULL;
