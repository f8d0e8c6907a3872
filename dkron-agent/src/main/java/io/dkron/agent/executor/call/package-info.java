/**
 * What the executors that call others have in common: a run inside the node with its time limit, TLS by files, texts
 * without secrets. Nothing of a protocol.
 */
package io.dkron.agent.executor.call;
