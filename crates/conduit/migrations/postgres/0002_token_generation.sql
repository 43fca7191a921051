-- How often the password was changed; tokens of an earlier generation are not accepted.
ALTER TABLE users ADD COLUMN token_generation BIGINT NOT NULL DEFAULT 0;
