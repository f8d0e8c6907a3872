package io.dkron.ejb.raft.protocol;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.testfwk.MockRaftCluster;
import org.jgroups.raft.testfwk.RaftNode;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.Util;

/** Delivers at once and on the caller's thread, unless a test cut the line or wants the message dropped. */
final class Wires extends MockRaftCluster {
    private final Map<Address, RaftNode> nodes = new LinkedHashMap<>();
    private final Set<Address> alone = new HashSet<>();
    private BiPredicate<Message, Address> dropped = (message, to) -> false;

    static Address address(String id) {
        return ExtendedUUID.randomUUID(id).put(RAFT.raft_id_key, Util.stringToBytes(id));
    }

    /** From now on nothing reaches or leaves it. */
    void isolate(Address node) {
        alone.add(node);
    }

    void heal() {
        alone.clear();
        dropped = (message, to) -> false;
    }

    void drop(BiPredicate<Message, Address> which) {
        dropped = which;
    }

    Collection<RaftNode> nodes() {
        return nodes.values();
    }

    @Override
    public void handleView(View view) {
        for (RaftNode node : List.copyOf(nodes.values())) {
            if (view.containsMember(node.getAddress())) {
                node.handleView(view);
            }
        }
    }

    @Override
    public void send(Message message) {
        Address to = message.getDest();
        if (to != null) {
            deliver(message, to);
            return;
        }
        for (Address each : List.copyOf(nodes.keySet())) {
            boolean own = each.equals(message.getSrc());
            if (!own || !message.isFlagSet(Message.TransientFlag.DONT_LOOPBACK)) {
                deliver(message, each);
            }
        }
    }

    @Override
    public int size() {
        return nodes.size();
    }

    @Override
    public <T extends MockRaftCluster> T add(Address address, RaftNode node) {
        nodes.put(address, node);
        return self();
    }

    @Override
    public <T extends MockRaftCluster> T remove(Address address) {
        nodes.remove(address);
        return self();
    }

    @Override
    public <T extends MockRaftCluster> T clear() {
        nodes.clear();
        return self();
    }

    private void deliver(Message message, Address to) {
        boolean apart = !to.equals(message.getSrc()) && (alone.contains(to) || alone.contains(message.getSrc()));
        RaftNode node = nodes.get(to);
        if (!apart && !dropped.test(message, to) && node != null) {
            node.up(message);
        }
    }
}
