package io.dkron.jaxrs.problem;

import java.util.Locale;

/** The kinds of problem that the API answers with; names in the API are these in lower case, with dashes. */
public enum ProblemType {
    MALFORMED("Request cannot be read", 400),
    VALIDATION("Job is not valid", 400, 422),
    PARENT_NOT_FOUND("Parent job not found", 404, 422),
    NAME_MISMATCH("Names in path and body differ", 400),
    JOB_NOT_FOUND("Job not found", 404),
    EXECUTION_NOT_FOUND("Execution not found", 404),
    JOB_DISABLED("Job is disabled", 404),
    NO_TARGET("No member matches", 404),
    NOT_RUNNING("Nothing runs", 409),
    NOT_FOUND("Not found", 404),
    METHOD_NOT_ALLOWED("Method not allowed", 405),
    PRECONDITION_REQUIRED("If-Match is required", 428),
    HAS_DEPENDENTS("Job has dependents", 409),
    VERSION_MISMATCH("Job has changed", 412),
    TOO_LARGE("Body is too large", 413),
    CROSS_SITE("Request from another site", 403),
    KEY_REUSE("Idempotency key was used before", 422),
    LAST_SERVER("This is the last server", 409),
    MEMBER_ALIVE("Member has not failed", 409),
    RAFT_REFUSED("Raft refuses the change", 409),
    NOT_ROLLED_BACK("Store did not go back", 409),
    PAUSED("New jobs are paused", 503),
    NO_LEADER("No leader", 503),
    STORE_UNAVAILABLE("Store is unavailable", 503),
    INTERNAL("Internal error", 500);

    private final String title;
    private final int status;
    private final int statusV1;

    ProblemType(String title, int status) {
        this(title, status, status);
    }

    ProblemType(String title, int status, int statusV1) {
        this.title = title;
        this.status = status;
        this.statusV1 = statusV1;
    }

    public String title() {
        return title;
    }

    /** @param v1 for a client that speaks dialect v1 */
    public int status(boolean v1) {
        return v1 ? statusV1 : status;
    }

    /** The last part of its URN. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
