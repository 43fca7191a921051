-- Version 1 of what purlin-store creates in PostgreSQL. `{schema}` is replaced.
--
-- Functions have the version in their names: replicas of an older version go on with theirs while newer ones start.

CREATE TABLE {schema}.version (version integer NOT NULL);

CREATE SEQUENCE {schema}.fences;

CREATE TABLE {schema}.requests (
    id bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    caller bytea NOT NULL,
    is_anonymous boolean NOT NULL,
    fence bigint NOT NULL,
    bytes bigint NOT NULL,
    ends timestamptz NOT NULL,
    -- NULL while the request is in progress.
    response bytea
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE INDEX requests_by_end ON {schema}.requests (ends);
CREATE INDEX requests_by_caller ON {schema}.requests (caller, is_anonymous, ends) INCLUDE (bytes);
CREATE INDEX requests_in_progress ON {schema}.requests (caller, is_anonymous) WHERE response IS NULL;

-- Empty after a crash: quotas are restored then. Rows are updated in place, so that they leave nothing to vacuum.
CREATE UNLOGGED TABLE {schema}.rates (
    key bytea PRIMARY KEY,
    -- The time until which the quota is used, in nanoseconds since 1970.
    used_until bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE {schema}.revocations (
    id bytea PRIMARY KEY,
    ends timestamptz NOT NULL
);
CREATE INDEX revocations_by_end ON {schema}.revocations (ends);

-- One row: what the last sweep has found.
CREATE TABLE {schema}.state (
    swept timestamptz NOT NULL,
    is_full boolean NOT NULL,
    is_full_for_anonymous boolean NOT NULL
);
INSERT INTO {schema}.state VALUES ('-infinity', false, false);

-- Outcomes: 0 first, 1 in progress, 2 different, 3 completed, 4 full.
CREATE FUNCTION {schema}.begin_1(
    p_id bytea, p_fingerprint bytea, p_caller bytea, p_anonymous boolean,
    p_lease bigint, p_bytes bigint, p_max_caller bigint,
    OUT outcome integer, OUT fence bigint, OUT response bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    known record;
    taken bigint;
    is_full boolean;
BEGIN
    -- More than one turn only if another request with this id is recorded or removed between two statements.
    FOR turn IN 1..5 LOOP
        SELECT r.fingerprint, r.response INTO known FROM {schema}.requests r
            WHERE r.id = p_id AND r.ends > clock_timestamp();
        IF FOUND THEN
            outcome := CASE
                WHEN known.fingerprint <> p_fingerprint THEN 2
                WHEN known.response IS NULL THEN 1
                ELSE 3
            END;
            IF outcome = 3 THEN
                response := known.response;
            END IF;
            RETURN;
        END IF;
        SELECT s.is_full OR (p_anonymous AND s.is_full_for_anonymous) INTO is_full FROM {schema}.state s;
        SELECT coalesce(sum(r.bytes), 0) INTO taken FROM {schema}.requests r
            WHERE r.caller = p_caller AND r.is_anonymous = p_anonymous
                AND r.response IS NULL AND r.ends > clock_timestamp();
        IF is_full OR taken + p_bytes > p_max_caller THEN
            outcome := 4;
            RETURN;
        END IF;
        INSERT INTO {schema}.requests AS r
            VALUES (p_id, p_fingerprint, p_caller, p_anonymous, nextval('{schema}.fences'), p_bytes,
                clock_timestamp() + p_lease * interval '1 millisecond', NULL)
            ON CONFLICT (id) DO UPDATE SET
                fingerprint = excluded.fingerprint, caller = excluded.caller,
                is_anonymous = excluded.is_anonymous, fence = excluded.fence, bytes = excluded.bytes,
                ends = excluded.ends, response = NULL
                WHERE r.ends <= clock_timestamp()
            RETURNING r.fence INTO fence;
        IF FOUND THEN
            outcome := 0;
            RETURN;
        END IF;
    END LOOP;
    outcome := 1;
END $$;

-- Outcomes: 0 stored, 1 lease lost, 2 full.
CREATE FUNCTION {schema}.finish_1(
    p_id bytea, p_fence bigint, p_response bytea, p_bytes bigint, p_keep bigint, p_max_caller bigint,
    OUT outcome integer
) LANGUAGE plpgsql AS $$
DECLARE
    own record;
    oldest record;
    excess bigint;
BEGIN
    UPDATE {schema}.requests r SET response = p_response, bytes = p_bytes,
            ends = clock_timestamp() + p_keep * interval '1 millisecond'
        WHERE r.id = p_id AND r.fence = p_fence AND r.response IS NULL
        RETURNING r.caller, r.is_anonymous INTO own;
    IF NOT FOUND THEN
        outcome := 1;
        RETURN;
    END IF;
    -- One of 16 responses pays for adding up the share of its caller.
    excess := p_bytes - p_max_caller;
    IF p_fence % 16 = 0 AND excess <= 0 THEN
        SELECT coalesce(sum(r.bytes), 0) - p_max_caller INTO excess FROM {schema}.requests r
            WHERE r.caller = own.caller AND r.is_anonymous = own.is_anonymous AND r.ends > now();
    END IF;
    IF excess > 0 AND p_bytes <= p_max_caller THEN
        FOR oldest IN
            SELECT r.id, r.bytes FROM {schema}.requests r
                WHERE r.caller = own.caller AND r.is_anonymous = own.is_anonymous
                    AND r.response IS NOT NULL AND r.ends > now() AND r.id <> p_id
                ORDER BY r.ends FOR UPDATE SKIP LOCKED
        LOOP
            EXIT WHEN excess <= 0;
            DELETE FROM {schema}.requests r WHERE r.id = oldest.id;
            excess := excess - oldest.bytes;
        END LOOP;
    END IF;
    IF excess > 0 THEN
        DELETE FROM {schema}.requests r WHERE r.id = p_id;
        outcome := 2;
    ELSE
        outcome := 0;
    END IF;
END $$;

-- Takes from quotas in order, up to the first that has nothing left. Times are nanoseconds; `wait` is 0 if one was taken.
CREATE FUNCTION {schema}.take_1(p_keys bytea[], p_intervals bigint[], p_windows bigint[])
RETURNS TABLE (used bigint, wait bigint) LANGUAGE plpgsql AS $$
DECLARE
    moment bigint;
    until bigint;
BEGIN
    FOR i IN 1..cardinality(p_keys) LOOP
        moment := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000;
        -- A clock that was set back does not lengthen the wait.
        INSERT INTO {schema}.rates AS r VALUES (p_keys[i], moment + p_intervals[i])
            ON CONFLICT (key) DO UPDATE
                SET used_until = least(greatest(r.used_until, moment), moment + p_windows[i]) + p_intervals[i]
                WHERE least(greatest(r.used_until, moment), moment + p_windows[i]) + p_intervals[i] - moment
                    <= p_windows[i]
            RETURNING r.used_until INTO until;
        IF FOUND THEN
            used := until - moment;
            wait := 0;
            RETURN NEXT;
        ELSE
            SELECT r.used_until INTO until FROM {schema}.rates r WHERE r.key = p_keys[i];
            used := least(greatest(coalesce(until, moment) - moment, 0), p_windows[i]);
            wait := greatest(used + p_intervals[i] - p_windows[i], 1);
            RETURN NEXT;
            RETURN;
        END IF;
    END LOOP;
END $$;

-- Removes what has ended, at most a batch of each, and evicts responses while all take too much. Returns the rows that were
-- removed; NULL if another replica sweeps, or has within the pause.
CREATE FUNCTION {schema}.sweep_1(p_lock bigint, p_batch integer, p_pause bigint, p_max_bytes bigint)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    removed integer;
    more integer;
    total bigint;
    identified bigint;
    excess bigint;
    freed bigint;
    progress bigint;
    victim record;
BEGIN
    IF NOT pg_try_advisory_xact_lock(p_lock) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM {schema}.state s
        WHERE s.swept <= clock_timestamp() - p_pause * interval '1 millisecond' OR s.swept > clock_timestamp();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM {schema}.requests WHERE id IN (
        SELECT r.id FROM {schema}.requests r WHERE r.ends <= clock_timestamp()
            ORDER BY r.ends LIMIT p_batch FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM {schema}.rates WHERE key IN (
        SELECT r.key FROM {schema}.rates r
            WHERE r.used_until <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000
            LIMIT p_batch FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS more = ROW_COUNT;
    removed := removed + more;
    DELETE FROM {schema}.revocations WHERE id IN (
        SELECT r.id FROM {schema}.revocations r WHERE r.ends <= clock_timestamp()
            ORDER BY r.ends LIMIT p_batch FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS more = ROW_COUNT;
    removed := removed + more;
    -- A full batch is followed by the next one.
    IF removed >= p_batch THEN
        RETURN removed;
    END IF;
    SELECT coalesce(sum(r.bytes), 0), coalesce(sum(r.bytes) FILTER (WHERE NOT r.is_anonymous), 0)
        INTO total, identified FROM {schema}.requests r;
    excess := total - p_max_bytes;
    WHILE excess > 0 LOOP
        progress := 0;
        -- The older half of what each caller takes, anonymous callers first, those that take most first.
        FOR victim IN
            SELECT r.caller, r.is_anonymous, sum(r.bytes) AS bytes FROM {schema}.requests r
                WHERE r.response IS NOT NULL GROUP BY r.caller, r.is_anonymous
                ORDER BY r.is_anonymous DESC, sum(r.bytes) DESC
        LOOP
            EXIT WHEN excess <= 0;
            WITH own AS (
                SELECT r.id, sum(r.bytes) OVER (ORDER BY r.ends, r.id) - r.bytes AS older
                    FROM {schema}.requests r
                    WHERE r.caller = victim.caller AND r.is_anonymous = victim.is_anonymous
                        AND r.response IS NOT NULL
            ), gone AS (
                DELETE FROM {schema}.requests r USING own
                    WHERE r.id = own.id AND own.older < least(excess, victim.bytes / 2)
                    RETURNING r.bytes, r.is_anonymous
            )
            SELECT coalesce(sum(gone.bytes), 0) INTO freed FROM gone;
            excess := excess - freed;
            progress := progress + freed;
            IF NOT victim.is_anonymous THEN
                identified := identified - freed;
            END IF;
        END LOOP;
        EXIT WHEN progress = 0;
    END LOOP;
    UPDATE {schema}.state SET swept = clock_timestamp(),
        is_full = excess >= 0, is_full_for_anonymous = identified >= p_max_bytes;
    RETURN removed;
END $$;

INSERT INTO {schema}.version VALUES (1);
