/**
 * Instants and durations as text: RFC 3339 and Go's durations, as the API and the store write them.
 *
 * <p>No clock and no zone: whoever wants the time or the wall clock says so elsewhere.
 */
package io.dkron.core.time;
