package io.dkron.ejb.raft.protocol;

import org.jgroups.conf.ClassConfigurator;

/** The numbers by which JGroups knows our protocols and their headers. Part of what servers of one cluster must agree on. */
final class Wire {
    static final short RAFT = 1521;
    static final short ELECTION = 1520;
    static final short APPEND_REQUEST = 5200;
    static final short APPEND_ANSWER = 5201;
    static final short STATE_OFFER = 5202;
    static final short ELECTION_MESSAGE = 5203;

    private Wire() {}

    static void register() {
        ClassConfigurator.addIfAbsent(APPEND_REQUEST, AppendRequest.class);
        ClassConfigurator.addIfAbsent(APPEND_ANSWER, AppendAnswer.class);
        ClassConfigurator.addIfAbsent(STATE_OFFER, StateOffer.class);
        ClassConfigurator.addIfAbsent(ELECTION_MESSAGE, ElectionMessage.class);
    }
}
