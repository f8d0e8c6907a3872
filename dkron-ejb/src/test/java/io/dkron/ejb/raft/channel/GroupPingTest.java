package io.dkron.ejb.raft.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.protocols.PingHeader;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.junit.jupiter.api.Test;

class GroupPingTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Loses the first answers to who looks for the others. */
    private static final class LostAnswers extends Protocol {
        private final short ping;
        private final int count;
        private final AtomicInteger lost = new AtomicInteger();

        LostAnswers(GroupPing ping, int count) {
            this.ping = ping.getId();
            this.count = count;
        }

        @Override
        public Object up(Message message) {
            return loses(message) ? null : up_prot.up(message);
        }

        @Override
        public void up(MessageBatch batch) {
            batch.removeIf(this::loses, true);
            if (!batch.isEmpty()) {
                up_prot.up(batch);
            }
        }

        private boolean loses(Message message) {
            PingHeader header = message.getHeader(ping);
            return header != null && header.type() == PingHeader.GET_MBRS_RSP && lost.incrementAndGet() <= count;
        }
    }

    private static JChannel channel(List<InetSocketAddress> hosts, int lost) throws Exception {
        GroupPing ping = new GroupPing(() -> hosts);
        return new JChannel(List.of(
                new GroupTcp(LOOPBACK, 0),
                new LostAnswers(ping, lost),
                ping,
                new NAKACK2().useMcastXmit(false),
                new UNICAST3(),
                new GMS().setJoinTimeout(1500).printLocalAddress(false)));
    }

    private static InetSocketAddress address(JChannel channel) {
        IpAddress address = (IpAddress) channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, channel.getAddress()));
        return new InetSocketAddress(address.getIpAddress(), address.getPort());
    }

    @Test
    void whoseFirstAnswersAreLostAsksAgainAndFoundsNoGroupBesideTheOthers() throws Exception {
        try (JChannel first = channel(List.of(), 0).connect("test")) {
            try (JChannel second = channel(List.of(address(first)), 2).connect("test")) {
                assertThat(second.getView().getMembers()).containsExactly(first.getAddress(), second.getAddress());
            }
        }
    }
}
