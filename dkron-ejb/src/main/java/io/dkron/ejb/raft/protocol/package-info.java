/**
 * The Raft protocol of a server: jgroups-raft's {@code RAFT} with replication, commit and apply rules of ours (protocol P7,
 * P8, P25), and an election that counts votes as the Raft paper does. No store and no channel lives here.
 */
package io.dkron.ejb.raft.protocol;
