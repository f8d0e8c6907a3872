package io.dkron.cli.file;

/**
 * One thing that is wrong in a file.
 *
 * @param field dotted path of the field; empty when it is no single field
 */
public record Fault(Place place, String job, String field, String message) {
    /** {@code jobs/etl.yaml:14: job etl: executor_config.timeout: must be …}. */
    @Override
    public String toString() {
        return place + (job.isEmpty() ? "" : ": job " + job) + (field.isEmpty() ? "" : ": " + field) + ": " + message;
    }
}
