/**
 * Consul's key-value store as the store: batches are transactions on {@code ModifyIndex}. Knows keys and bytes, the HTTP
 * API, and its failures; no job, no session, no container.
 */
package io.dkron.connectors.consul;
