package io.dkron.agent.processor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A syslog reached by network, in the form of RFC 5424: a datagram a message (RFC 5426), or a stream with octet counting
 * (RFC 6587), plain or in TLS (RFC 5425). Writes end when the thread is interrupted.
 */
final class NetworkSyslog implements SyslogSink {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int CLOSE_MILLIS = 2_000;

    /** How messages travel. */
    enum Transport {
        UDP(514),
        TCP(514),
        TLS(6514);

        private final int port;

        Transport(int port) {
            this.port = port;
        }

        /** The port where none is given. */
        int port() {
            return port;
        }
    }

    /** Connects by TLS; may read files. */
    @FunctionalInterface
    interface Trust {
        SSLSocketFactory factory() throws IOException;
    }

    private final Transport transport;
    private final String host;
    private final int port;
    private final String head;
    private final Trust trust;

    /**
     * @param head of every message, up to the blank before its text
     * @param trust asked for TLS only
     */
    NetworkSyslog(Transport transport, String host, int port, String head, Trust trust) {
        this.transport = transport;
        this.host = host;
        this.port = port;
        this.head = head;
        this.trust = trust;
    }

    @Override
    public void send(SyslogLines messages) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("syslog: host " + host + " is not known");
        }
        try {
            if (transport == Transport.UDP) {
                datagrams(address, messages);
            } else {
                stream(address, messages);
            }
        } catch (IOException e) {
            throw new IOException("syslog: " + host + ":" + port + ": " + e, e);
        }
    }

    private void datagrams(InetSocketAddress address, SyslogLines messages) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(address);
            for (Optional<String> next = messages.next(); next.isPresent(); next = messages.next()) {
                channel.write(ByteBuffer.wrap(message(next.get())));
            }
        }
    }

    private void stream(InetSocketAddress address, SyslogLines messages) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) { // its writes end by an interrupt, a socket's do not
            Socket socket = channel.socket();
            socket.connect(address, CONNECT_MILLIS);
            if (transport == Transport.TCP) {
                write(Channels.newOutputStream(channel), messages);
                channel.shutdownOutput();
                awaitClose(socket);
                return;
            }
            socket.setSoTimeout(CONNECT_MILLIS);
            try (SSLSocket secure = (SSLSocket) trust.factory().createSocket(socket, host, port, true)) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate must be that host's
                secure.setSSLParameters(parameters);
                secure.startHandshake();
                write(secure.getOutputStream(), messages);
                secure.shutdownOutput();
                awaitClose(secure);
            }
        }
    }

    private void write(OutputStream stream, SyslogLines messages) throws IOException {
        OutputStream out = new BufferedOutputStream(stream, 1 << 16);
        for (Optional<String> next = messages.next(); next.isPresent(); next = messages.next()) {
            byte[] message = message(next.get());
            out.write((message.length + " ").getBytes(StandardCharsets.US_ASCII));
            out.write(message);
        }
        out.flush();
    }

    /**
     * Reads what the receiver may still send, until it closes too: closing over unread bytes would reset the connection,
     * and the receiver could lose the end.
     */
    private static void awaitClose(Socket socket) throws IOException {
        socket.setSoTimeout(CLOSE_MILLIS);
        InputStream in = socket.getInputStream();
        byte[] ignored = new byte[1_024];
        long end = System.nanoTime() + CLOSE_MILLIS * 1_000_000L;
        try {
            while (in.read(ignored) >= 0 && System.nanoTime() - end < 0) {
                // answers nothing that matters: syslog has no replies
            }
        } catch (SocketTimeoutException e) {
            return; // it keeps connections open
        }
    }

    private byte[] message(String text) {
        return (head + " " + text).getBytes(StandardCharsets.UTF_8);
    }
}
