/**
 * Redis as the store: one server, what Sentinel watches, or a cluster. Knows keys, bytes and how Dkron 1.x lays them; no
 * job, no container.
 */
package io.dkron.connectors.redis;
