package io.dkron.connectors.postgres;

import io.dkron.core.store.CommitResult;

/**
 * What {@code dkron_commit} answers, column by column.
 *
 * @param refused the first key that has another version than expected; null for none, as the database has it
 * @param actual its version, null without one
 * @param version of all that was put, null when refused
 */
record Verdict(String refused, Long actual, Long version) {
    CommitResult result() {
        return refused == null ? new CommitResult.Committed(version) : new CommitResult.Refused(refused, actual);
    }
}
