package io.dkron.ejb.raft.channel;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.PhysicalAddress;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.PingData;
import org.jgroups.protocols.PingHeader;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArray;
import org.jgroups.util.NameCache;
import org.jgroups.util.Responses;

/**
 * Finds the other servers at the addresses that are known at each moment, so that all may come back with new ones. With
 * nobody to ask there is nothing to wait for.
 *
 * <p>One that waits for an answer asks several times: a question or its answer may be lost, and of servers that start
 * together, those that asked before the first of them made the group would wait out their whole time, and then once more.
 */
public final class GroupPing extends Discovery {
    private static final short PROTOCOL = 1301;
    /** Within the time to join, equally far apart. */
    private static final int QUESTIONS = 6;

    static {
        ClassConfigurator.addProtocol(PROTOCOL, GroupPing.class);
    }

    private final Supplier<Collection<InetSocketAddress>> hosts;

    /** @param hosts where servers may be now, resolved; the own address among them is harmless */
    public GroupPing(Supplier<Collection<InetSocketAddress>> hosts) {
        this.hosts = Objects.requireNonNull(hosts, "hosts");
        numDiscoveryRuns(QUESTIONS);
    }

    @Override
    public boolean isDynamic() {
        return true;
    }

    @Override
    protected void findMembers(List<Address> members, boolean initialDiscovery, Responses responses) {
        if (responses.isDone()) {
            return;
        }
        PhysicalAddress own = (PhysicalAddress) down(new Event(Event.GET_PHYSICAL_ADDRESS, local_addr));
        List<PhysicalAddress> others = hosts.get().stream()
                .<PhysicalAddress>map(host -> new IpAddress(host.getAddress(), host.getPort()))
                .filter(host -> !host.equals(own))
                .distinct()
                .toList();
        if (others.isEmpty()) {
            responses.done();
            return;
        }
        PingData data = new PingData(local_addr, false, NameCache.get(local_addr), own);
        if (members != null && members.size() <= max_members_in_discovery_request) {
            data.mbrs(members);
        }
        ByteArray bytes = marshal(data);
        PingHeader header = new PingHeader(PingHeader.GET_MBRS_REQ)
                .clusterName(cluster_name)
                .initialDiscovery(initialDiscovery);
        for (PhysicalAddress other : others) {
            Message request = new BytesMessage(other)
                    .setFlag(Message.Flag.DONT_BUNDLE, Message.Flag.OOB)
                    .setFlag(Message.TransientFlag.DONT_LOOPBACK)
                    .putHeader(id, header);
            request.setArray(bytes);
            timer.execute(() -> ask(request), true);
        }
    }

    private void ask(Message request) {
        try {
            down_prot.down(request);
        } catch (RuntimeException e) { // one that is away cannot be asked
            log.trace("%s: could not ask %s: %s", local_addr, request.getDest(), e);
        }
    }
}
