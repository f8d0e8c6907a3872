/**
 * The log of a Raft member on its disk: entries in checksummed segments, term and vote, and the reference to the state that
 * stands for the entries that are gone. No network and no decision lives here; whatever fails on the disk ends the log.
 */
package io.dkron.ejb.raft.log;
