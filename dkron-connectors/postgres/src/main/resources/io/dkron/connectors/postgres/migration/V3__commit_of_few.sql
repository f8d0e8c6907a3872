-- The same as dkron_commit, for batches of few keys. There, planning each statement anew takes longer than running it; these
-- plans are made once a session, for arrays of any length, and would join ten thousand keys by comparing each with each.
DO $do$
DECLARE
    body text;
BEGIN
    SELECT replace(p.prosrc, 'dkron_commit.version', 'dkron_commit_few.version') INTO STRICT body
    FROM pg_proc p WHERE p.oid = to_regproc('dkron_commit');
    EXECUTE format(
        'CREATE FUNCTION dkron_commit_few('
        'expected text[], versions bigint[], puts text[], put_values bytea[], deletes text[], patience_millis integer, '
        'OUT refused text, OUT actual bigint, OUT version bigint) '
        'LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS %L', body);
END
$do$;
