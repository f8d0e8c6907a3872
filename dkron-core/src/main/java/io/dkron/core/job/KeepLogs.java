package io.dkron.core.job;

/**
 * Keep whole outputs on the nodes that ran the job, after their results were stored.
 *
 * @param size of all that is kept on one node together, as text of bytes with an optional unit; empty for no limit
 * @param age since the end of the run, as a Go duration; empty for no limit
 */
public record KeepLogs(String size, String age) {}
