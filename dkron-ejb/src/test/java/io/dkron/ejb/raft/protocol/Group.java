package io.dkron.ejb.raft.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.ejb.raft.log.SegmentLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jgroups.Address;
import org.jgroups.View;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.raft.testfwk.RaftNode;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Util;

/** Members of ours on {@link Wires}: everything happens on the thread of the test. */
final class Group implements AutoCloseable {
    /** One member with what it applied. */
    static final class Node implements EntryApplier, RaftListener {
        final String id;
        final Address address;
        final SafeRaft raft = new SafeRaft();
        final SegmentLog log;
        final List<String> applied = new ArrayList<>();
        final List<String> told = new CopyOnWriteArrayList<>();
        RaftNode node;
        long index;
        String failsAt = "(nothing)";

        Node(String id, Address address, SegmentLog log) {
            this.id = id;
            this.address = address;
            this.log = log;
        }

        @Override
        public long applied() {
            return index;
        }

        @Override
        public byte[] apply(long at, long term, byte[] data, boolean internal) throws IOException {
            String text = new String(data, UTF_8);
            if (text.equals(failsAt)) {
                throw new IOException("the store is full");
            }
            if (at != index + 1) {
                throw new IllegalStateException("entry " + at + " after " + index);
            }
            index = at;
            if (!internal) {
                applied.add(text);
            }
            return data;
        }

        @Override
        public void leading(long term) {
            told.add("leading " + term);
        }

        @Override
        public void deposed(long term) {
            told.add("deposed " + term);
        }

        @Override
        public void leaderChanged(Optional<String> leader, long term) {
            told.add("leader " + leader.orElse("-") + " " + term);
        }

        @Override
        public void stateNeeded(String leader) {
            told.add("state of " + leader);
        }

        @Override
        public void membersChanged(List<String> members) {
            told.add("members " + members.stream().sorted().toList());
        }

        @Override
        public void stopped(String reason, Optional<Throwable> cause) {
            told.add("stopped " + reason);
        }

        CompletableFuture<byte[]> put(String text) {
            return raft.propose(text.getBytes(UTF_8));
        }

        /** Entries that were there before the test begins. */
        Node had(long term, String... texts) {
            LogEntries entries = new LogEntries();
            for (String text : texts) {
                entries.add(new LogEntry(term, text.getBytes(UTF_8)));
            }
            log.append(log.lastAppended() + 1, entries);
            return this;
        }

        /** A change of members that was there before the test begins. */
        Node hadAdded(long term, String member) {
            try {
                byte[] command =
                        Util.streamableToByteBuffer(new InternalCommand(InternalCommand.Type.addServer, member));
                log.append(
                        log.lastAppended() + 1,
                        new LogEntries().add(new LogEntry(term, command, 0, command.length, true)));
                return this;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        List<String> entries() {
            List<String> texts = new ArrayList<>();
            log.forEach((entry, at) ->
                    texts.add(entry.term() + (entry.internal() ? "*" : new String(entry.command(), UTF_8))));
            return texts;
        }
    }

    final Wires wires = new Wires();
    final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Path folder;
    private int starts;

    Group(Path folder) {
        this.folder = folder;
    }

    /** Makes a member whose log may still be prepared. */
    Node node(String id) {
        try {
            Node node = new Node(id, Wires.address(id), SegmentLog.open(folder.resolve(id)));
            nodes.put(id, node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Node start(Node node, Protocol[] below, String... members) throws Exception {
        node.raft.log(node.log).applier(node).listener(node);
        node.raft.raftId(node.id).members(Arrays.asList(members)).synchronous(true);
        node.raft.setAddress(node.address);
        Protocol[] stack = Arrays.copyOf(below, below.length + 1);
        stack[below.length] = node.raft;
        for (Protocol protocol : below) {
            protocol.setAddress(node.address);
        }
        node.node = new RaftNode(wires, stack);
        for (Protocol protocol : stack) {
            protocol.init();
        }
        for (Protocol protocol : stack) {
            protocol.start();
        }
        wires.add(node.address, node.node);
        return node;
    }

    Node start(Node node, String... members) throws Exception {
        return start(node, new Protocol[0], members);
    }

    void view(String... ids) {
        List<Address> addresses =
                Arrays.stream(ids).map(id -> nodes.get(id).address).toList();
        wires.handleView(View.create(addresses.get(0), ++starts, addresses));
    }

    /** Makes it the leader of that term for everybody that it reaches. */
    void elect(String leader, long term, String... voters) {
        for (String voter : voters) {
            if (!voter.equals(leader)) {
                nodes.get(voter).raft.setLeaderAndTerm(nodes.get(leader).address, term);
            }
        }
        nodes.get(leader).raft.setLeaderAndTerm(nodes.get(leader).address, term);
    }

    @Override
    public void close() {
        nodes.values().forEach(node -> {
            if (node.node != null) {
                node.node.stop();
            }
        });
    }
}
