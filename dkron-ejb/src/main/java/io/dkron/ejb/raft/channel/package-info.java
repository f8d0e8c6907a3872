/** Protocols of the servers' channel: finding each other, noticing who is gone, and keeping out who is no member any more. */
package io.dkron.ejb.raft.channel;
