-- How often the password was changed; tokens of an earlier generation are not accepted.
ALTER TABLE users ADD COLUMN token_generation INTEGER NOT NULL DEFAULT 0;
