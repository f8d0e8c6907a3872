/**
 * Calls between members by gRPC: messages, the server's socket, stubs, deadlines. What a call means is decided by what
 * is handed in.
 */
package io.dkron.agent.rpc;
