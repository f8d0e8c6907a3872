package io.dkron.ejb.raft.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.JChannel;
import org.jgroups.stack.IpAddress;
import org.junit.jupiter.api.Test;

class GroupTcpTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final AtomicLong nanos = new AtomicLong();

    /** Fills the queue of a port at which nobody accepts: whoever comes then waits, as for a machine that is cut off. */
    private static List<Socket> fill(ServerSocket port) throws IOException {
        List<Socket> waiting = new ArrayList<>();
        while (waiting.size() < 100) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(new InetSocketAddress(LOOPBACK, port.getLocalPort()), 500);
            } catch (SocketTimeoutException e) {
                return waiting;
            }
        }
        throw new AssertionError("the queue has no end");
    }

    @Test
    void whoCannotBeConnectedToIsNotTriedAgainForAMoment() throws Exception {
        GroupTcp tcp = new GroupTcp(LOOPBACK, 0, nanos::get);
        byte[] message = {1};
        try (ServerSocket port = new ServerSocket(0, 1, LOOPBACK);
                JChannel channel = new JChannel(tcp).connect("test")) {
            assertThat(channel.isConnected()).isTrue();
            List<Socket> waiting = fill(port);
            IpAddress cutOff = new IpAddress(LOOPBACK, port.getLocalPort());
            assertThatThrownBy(() -> tcp.send(cutOff, message, 0, 1)).isInstanceOf(SocketTimeoutException.class);
            nanos.addAndGet(Duration.ofMillis(999).toNanos());
            assertThatCode(() -> tcp.send(cutOff, message, 0, 1)).doesNotThrowAnyException();
            nanos.addAndGet(Duration.ofMillis(1).toNanos());
            assertThatThrownBy(() -> tcp.send(cutOff, message, 0, 1)).isInstanceOf(SocketTimeoutException.class);
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }
}
