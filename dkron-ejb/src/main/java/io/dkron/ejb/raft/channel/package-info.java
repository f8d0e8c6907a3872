/** Protocols of the servers' channel: finding each other, noticing who is gone, and choosing who leads. */
package io.dkron.ejb.raft.channel;
