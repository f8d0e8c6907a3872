package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.proto.GroupAboutResponse;
import io.dkron.agent.rpc.proto.GroupAdmitRequest;
import io.dkron.agent.rpc.proto.GroupAdmitResponse;
import io.dkron.agent.rpc.proto.GroupFoundRequest;
import io.dkron.agent.rpc.proto.GroupFoundResponse;
import io.dkron.agent.rpc.proto.GroupServer;
import io.dkron.ejb.raft.GroupState.Phase;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Finds out, before a server opens the channel, what it belongs to and whether it may (protocol P10). Each question is asked
 * anew every second; an answer is what it still waits for.
 */
final class Entry {
    private static final Logger LOG = System.getLogger(Entry.class.getName());
    private static final Duration FOUND_WITHIN = Duration.ofSeconds(3);

    private final RaftSettings settings;
    private final GroupFile file;
    private final Peers peers;
    private final GroupCalls calls;
    private final String incarnation;

    Entry(RaftSettings settings, GroupFile file, Peers peers, GroupCalls calls, String incarnation) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.file = Objects.requireNonNull(file, "file");
        this.peers = Objects.requireNonNull(peers, "peers");
        this.calls = Objects.requireNonNull(calls, "calls");
        this.incarnation = Objects.requireNonNull(incarnation, "incarnation");
    }

    /**
     * Goes as far as it can now.
     *
     * @return what it waits for; empty when the channel may be opened
     */
    Optional<String> proceed() {
        GroupState state = file.state();
        if (state.phase() == Phase.MEMBER) {
            return consult(state);
        }
        Map<Peer, GroupAboutResponse> others = others();
        List<String> clusters = others.values().stream()
                .map(GroupAboutResponse::getCluster)
                .filter(id -> !id.isEmpty())
                .distinct()
                .toList();
        if (state.promised().isPresent() && begun().isPresent()) {
            return Optional.empty();
        }
        if (clusters.size() > 1) {
            return Optional.of("the servers in sight belong to different clusters, " + String.join(" and ", clusters)
                    + "; remove the wrong ones from join");
        }
        if (clusters.size() == 1) {
            return admission(others);
        }
        return state.phase() == Phase.FRESH && settings.expect() > 1
                ? foundation(others)
                : Optional.of("waits to be admitted: no server of a cluster is in sight");
    }

    /** A cluster of this server alone. */
    void begin(String cluster, long applied) {
        file.change(state -> {
            TreeMap<String, String> alone = new TreeMap<>();
            alone.put(state.raftId(), "");
            return state.in(Phase.MEMBER, cluster, applied, alone);
        });
        LOG.log(
                Level.INFO,
                "cluster begun id={0} server={1} applied={2}",
                cluster,
                file.state().raftId(),
                Long.toString(applied));
    }

    /** A member asks the others whether it still is one, and waits for a majority of the newest list. */
    private Optional<String> consult(GroupState state) {
        String own = state.raftId();
        if (state.members().size() == 1 && state.members().containsKey(own)) {
            return Optional.empty();
        }
        Map<Peer, GroupAboutResponse> all = others();
        String cluster = state.cluster().orElseThrow();
        for (Map.Entry<Peer, GroupAboutResponse> other : all.entrySet()) {
            GroupAboutResponse about = other.getValue();
            if (about.getRaftId().equals(own) && !about.getIncarnation().equals(incarnation)) {
                return Optional.of("another server with the id " + own + " is alive on node "
                        + other.getKey().member().name()
                        + ": this data directory is a copy of its; stop one of them, or"
                        + " empty this one to join as a new server");
            }
            if (about.getPredecessor().equals(cluster)) {
                return Optional.of("cluster " + cluster + " was recovered as " + about.getCluster()
                        + "; empty the data directory to join it as a new server");
            }
        }
        List<GroupAboutResponse> same = all.values().stream()
                .filter(about -> about.getCluster().equals(cluster))
                .toList();
        if (same.stream().anyMatch(about -> about.getRemovedList().contains(own))) {
            file.change(now -> now.in(Phase.GONE));
            return Optional.of("this server was removed from the cluster; start it again to join as a new one");
        }
        return quorum(state, same);
    }

    private static Optional<String> quorum(GroupState state, List<GroupAboutResponse> same) {
        Optional<GroupAboutResponse> newest = same.stream()
                .max(Comparator.comparingLong(GroupAboutResponse::getMembersIndex))
                .filter(about -> about.getMembersIndex() > state.index());
        List<String> members = newest.map(about ->
                        about.getMembersList().stream().map(GroupServer::getId).toList())
                .orElseGet(() -> List.copyOf(state.members().keySet()));
        boolean led = same.stream().anyMatch(about -> !about.getLeader().isEmpty());
        if (led) {
            return Optional.empty();
        }
        long there = members.stream()
                .filter(id -> id.equals(state.raftId())
                        || same.stream().anyMatch(about -> about.getRaftId().equals(id)))
                .count();
        int needed = members.size() / 2 + 1;
        return there >= needed
                ? Optional.empty()
                : Optional.of("waiting for servers: " + there + " of " + members.size() + " are there, " + needed
                        + " are needed");
    }

    /** Asks the leader to be let in. */
    private Optional<String> admission(Map<Peer, GroupAboutResponse> others) {
        Optional<Peer> leader = others.entrySet().stream()
                .filter(e -> !e.getValue().getLeader().isEmpty()
                        && e.getValue().getLeader().equals(e.getValue().getRaftId()))
                .map(Map.Entry::getKey)
                .findFirst();
        if (leader.isEmpty()) {
            return Optional.of("waits to be admitted: the cluster has no leader");
        }
        GroupAdmitResponse answer;
        try {
            answer = calls.blocking(leader.get(), FOUND_WITHIN)
                    .admit(GroupAdmitRequest.newBuilder().setServer(self()).build());
        } catch (StatusRuntimeException e) {
            return Optional.of("waits to be admitted: " + leader.get().member().name() + " does not answer ("
                    + e.getStatus().getCode() + ")");
        }
        if (!answer.getAdmitted()) {
            return Optional.of("not admitted: " + answer.getRefusal());
        }
        file.change(state -> state.in(
                Phase.MEMBER, answer.getCluster(), answer.getMembersIndex(), members(answer.getMembersList())));
        LOG.log(
                Level.INFO,
                "server admitted cluster={0} server={1} by={2}",
                answer.getCluster(),
                file.state().raftId(),
                leader.get().member().name());
        return Optional.empty();
    }

    /** Begins a cluster together with others that expect as many. */
    private Optional<String> foundation(Map<Peer, GroupAboutResponse> others) {
        Optional<Peer> differing = others.entrySet().stream()
                .filter(e -> e.getValue().getExpect() > 0 && e.getValue().getExpect() != settings.expect())
                .map(Map.Entry::getKey)
                .findFirst();
        if (differing.isPresent()) {
            return Optional.of("bootstrap-expect differs: " + settings.expect() + " on node " + settings.nodeName()
                    + ", " + others.get(differing.get()).getExpect() + " on node "
                    + differing.get().member().name() + "; no cluster is begun until they are equal");
        }
        int there = others.size() + 1;
        String waiting = "waiting for servers: " + there + " of the " + settings.expect() + " expected are there";
        if (there < settings.expect()) {
            return Optional.of(waiting);
        }
        boolean smallest =
                others.values().stream().allMatch(about -> about.getNodeId().compareTo(settings.nodeId()) > 0);
        return smallest ? propose(others) : Optional.of("waits for another server to begin the cluster");
    }

    private Optional<String> propose(Map<Peer, GroupAboutResponse> others) {
        Map<Peer, GroupAboutResponse> chosen = others.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getValue().getNodeId()))
                .limit(settings.expect() - 1L)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
        if (file.state().promised().isEmpty()) {
            file.change(state -> state.proposing(UUID.randomUUID().toString()));
        } else if (!file.state().proposes()) {
            // Its maker may have begun the cluster: with other members there would be two of one id.
            return Optional.of("waits for the server whose proposal "
                    + file.state().promised().get()
                    + " it accepted; when that is gone for good, empty the data directory of this one");
        }
        String cluster = file.state().promised().orElseThrow();
        TreeMap<String, String> members = new TreeMap<>();
        members.put(file.state().raftId(), self().getAddress());
        chosen.forEach((peer, about) ->
                members.put(about.getRaftId(), peer.attribute(Peer.RAFT_ADDRESS).orElse("")));
        GroupFoundRequest.Builder request =
                GroupFoundRequest.newBuilder().setCluster(cluster).setExpect(settings.expect());
        members.forEach((id, address) ->
                request.addMembers(GroupServer.newBuilder().setId(id).setAddress(address)));
        for (Peer peer : chosen.keySet()) {
            String refusal = found(peer, request.build());
            if (!refusal.isEmpty()) {
                return Optional.of("no cluster is begun: node " + peer.member().name() + " " + refusal);
            }
        }
        file.change(state -> state.in(Phase.MEMBER, cluster, 0, members));
        LOG.log(Level.INFO, "cluster begun id={0} servers={1}", cluster, members.keySet());
        return Optional.empty();
    }

    private String found(Peer peer, GroupFoundRequest request) {
        try {
            GroupFoundResponse answer = calls.blocking(peer, FOUND_WITHIN).found(request);
            return answer.getAccepted() ? "" : answer.getRefusal();
        } catch (StatusRuntimeException e) {
            return "does not answer (" + e.getStatus().getCode() + ")";
        }
    }

    /** Accepts a proposal, one only. It counts once its maker has the acceptance of all. */
    GroupFoundResponse accept(GroupFoundRequest request) {
        GroupState state = file.state();
        String refusal = "";
        boolean again = state.cluster().filter(request.getCluster()::equals).isPresent();
        if (state.phase() != Phase.FRESH && !again) {
            refusal = "belongs to a cluster, or belonged to one";
        } else if (request.getExpect() != settings.expect()) {
            refusal = "expects " + settings.expect() + " servers, not " + request.getExpect();
        } else if (state.promised()
                .filter(id -> !id.equals(request.getCluster()))
                .isPresent()) {
            refusal = "accepted another proposal, " + state.promised().get()
                    + "; when its maker is gone for good, empty the data directory of this one";
        } else if (state.promised().isEmpty()) {
            file.change(now -> now.promising(request.getCluster()));
        }
        return GroupFoundResponse.newBuilder()
                .setAccepted(refusal.isEmpty())
                .setRefusal(refusal)
                .build();
    }

    /** A proposal that this server accepted has begun: it is one of its members. */
    private Optional<String> begun() {
        GroupState state = file.state();
        if (state.phase() != Phase.FRESH || state.promised().isEmpty()) {
            return Optional.empty();
        }
        String cluster = state.promised().get();
        Optional<GroupAboutResponse> maker = others().values().stream()
                .filter(about -> about.getCluster().equals(cluster)
                        && about.getMembersList().stream()
                                .anyMatch(m -> m.getId().equals(state.raftId())))
                .findFirst();
        maker.ifPresent(about -> file.change(
                now -> now.in(Phase.MEMBER, cluster, about.getMembersIndex(), members(about.getMembersList()))));
        return maker.map(GroupAboutResponse::getCluster);
    }

    private Map<Peer, GroupAboutResponse> others() {
        Map<Peer, GroupAboutResponse> found = new LinkedHashMap<>();
        for (Peer peer : peers.all()) {
            boolean other = !peer.member().name().equals(settings.nodeName());
            if (other && peer.member().server() && peer.member().alive()) {
                calls.about(peer, file.state().raftId()).ifPresent(about -> found.put(peer, about));
            }
        }
        return found;
    }

    private GroupServer self() {
        return GroupServer.newBuilder()
                .setId(file.state().raftId())
                .setAddress(peers.self().attribute(Peer.RAFT_ADDRESS).orElse(""))
                .build();
    }

    private static SortedMap<String, String> members(List<GroupServer> servers) {
        TreeMap<String, String> members = new TreeMap<>();
        servers.forEach(server -> members.put(server.getId(), server.getAddress()));
        return members;
    }
}
