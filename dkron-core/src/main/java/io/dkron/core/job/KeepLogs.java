package io.dkron.core.job;

/**
 * Keep whole outputs on the node.
 *
 * @param size up to this size, as text of bytes with an optional unit; empty for no limit
 * @param age up to this age, as a Go duration; empty for no limit
 */
public record KeepLogs(String size, String age) {}
