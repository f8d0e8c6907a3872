/**
 * The servers of a cluster with the embedded store: who they are, how they find each other, and the store that they keep
 * alike. Knows batches and bytes; no job, no container.
 */
package io.dkron.ejb.raft;
