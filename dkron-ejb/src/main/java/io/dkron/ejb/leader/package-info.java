/**
 * What a leader does: runs the engine on one thread, performs its effects (commits, dispatches, processors) and feeds
 * their outcomes back. Decides nothing about jobs; {@code core.engine} does.
 */
package io.dkron.ejb.leader;
