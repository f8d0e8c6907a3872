/**
 * etcd as the store: batches are transactions on {@code mod_revision}. Knows keys and bytes, the version 3 API as gRPC,
 * and its failures; no job, no lease, no container.
 */
package io.dkron.connectors.etcd;
