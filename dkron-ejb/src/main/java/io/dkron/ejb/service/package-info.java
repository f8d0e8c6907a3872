/**
 * The only doors of HTTP and RPC to a server: what can be read and asked. Reads come from memory where they can, writes
 * go to the engine of the leader. Knows no HTTP and no gRPC.
 */
package io.dkron.ejb.service;
