/**
 * ZooKeeper as the store. Knows keys, bytes and how Dkron 1.x lays them; no job, no container.
 */
package io.dkron.connectors.zookeeper;
