/**
 * The default backend: an ordered file on this machine. Knows keys and bytes, batches and their index; no job, no
 * replication, no container.
 */
package io.dkron.connectors.embedded;
