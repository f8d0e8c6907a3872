-- A batch, all or nothing, in one statement: nobody who went away in the middle holds a lock, and one answer tells the end.
--
-- Under READ COMMITTED each statement below sees what was committed before it began. A batch is safe there since every key
-- of it, expected or written, is a row that this transaction has locked before anything is decided: one that exists by
-- FOR UPDATE, which waits for a concurrent commit and then shows its version; one that does not exist by inserting it,
-- which waits for a concurrent insert of that key in the unique index. So two commits that share any key take their turns,
-- and neither decides by what the other is changing. All lock in the order of keys; a deadlock that is left
-- (rows vanish between the two) is found by the server, and the caller runs the batch again.
--
-- refused is the first expected key, in the order of the batch, that has another version, or null; actual is its version,
-- 0 where it does not exist. Otherwise version is that of all that was put.
CREATE FUNCTION dkron_commit(
    expected text[], versions bigint[], puts text[], put_values bytea[], deletes text[], patience_millis integer,
    OUT refused text, OUT actual bigint, OUT version bigint)
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_custom_plan -- plans know how long the arrays are: ten thousand keys are joined by hashing
AS $$
DECLARE
    keys            text[];
    locked          text[];
    locked_versions bigint[];
    absent          text[];
    made            text[];
    created         text[] := '{}';
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    PERFORM set_config('lock_timeout', patience_millis::text, true);
    version := nextval('dkron_version');
    SELECT array_agg(DISTINCT k) INTO keys FROM unnest(expected || puts || deletes) AS k;

    LOOP
        SELECT coalesce(array_agg(l.key), '{}'), coalesce(array_agg(l.version), '{}') INTO locked, locked_versions
        FROM (SELECT e.key, e.version FROM dkron_entry e WHERE e.key = ANY (keys) ORDER BY e.key FOR UPDATE) AS l;

        -- What this batch itself created, in an earlier turn, counts as absent.
        SELECT x.key, coalesce(l.version, 0) INTO refused, actual
        FROM unnest(expected, versions) WITH ORDINALITY AS x (key, version, n)
        LEFT JOIN unnest(created) AS c (key) ON c.key = x.key
        LEFT JOIN unnest(locked, locked_versions) AS l (key, version) ON l.key = x.key AND c.key IS NULL
        WHERE coalesce(l.version, 0) <> x.version
        ORDER BY x.n LIMIT 1;
        IF refused IS NOT NULL THEN
            DELETE FROM dkron_entry e USING unnest(created) AS c (key) WHERE e.key = c.key;
            version := NULL;
            RETURN;
        END IF;

        SELECT coalesce(array_agg(k), '{}') INTO absent
        FROM (SELECT unnest(keys) EXCEPT SELECT unnest(locked)) AS a (k);
        EXIT WHEN cardinality(absent) = 0;

        WITH inserted AS (
            INSERT INTO dkron_entry AS e (key, version, value)
            SELECT a.k, dkron_commit.version, coalesce(p.value, '')
            FROM unnest(absent) AS a (k) LEFT JOIN unnest(puts, put_values) AS p (key, value) ON p.key = a.k
            ORDER BY a.k COLLATE "C"
            ON CONFLICT DO NOTHING
            RETURNING e.key)
        SELECT coalesce(array_agg(i.key), '{}') INTO made FROM inserted i;
        created := created || made;
        EXIT WHEN cardinality(made) = cardinality(absent);
    END LOOP;

    UPDATE dkron_entry e SET version = dkron_commit.version, value = p.value
    FROM unnest(puts, put_values) AS p (key, value) LEFT JOIN unnest(created) AS c (key) ON c.key = p.key
    WHERE e.key = p.key AND c.key IS NULL;

    -- Deleted keys, and those that were only expected to be absent.
    DELETE FROM dkron_entry e
    USING (SELECT unnest(deletes) UNION (SELECT unnest(created) EXCEPT SELECT unnest(puts))) AS gone (key)
    WHERE e.key = gone.key;
    actual := NULL;
END
$$;

-- The fence is rewritten with every commit, executions come and go: leave room in pages, and clean up early.
ALTER TABLE dkron_entry SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
