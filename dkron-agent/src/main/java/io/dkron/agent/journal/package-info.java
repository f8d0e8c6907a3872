/**
 * What a node writes down before it acts: orders accepted, results, keys of runs that are over, the highest fence seen.
 * Knows nothing of how a run is made or reported.
 */
package io.dkron.agent.journal;
