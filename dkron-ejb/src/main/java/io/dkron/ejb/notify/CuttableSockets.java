package io.dkron.ejb.notify;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.SocketFactory;

/**
 * Makes the socket of one connection, and closes it when its time is over: the mail library knows only a limit for each
 * single step. A connection in TLS is laid over it, so it ends too.
 */
final class CuttableSockets extends SocketFactory {
    private static final Logger LOG = System.getLogger(CuttableSockets.class.getName());

    private Socket made = new Socket();
    private boolean cut;

    /** Ends the connection, and one that is made later. */
    synchronized void cut() {
        cut = true;
        try {
            made.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a mail connection was not closed in order", e);
        }
    }

    synchronized boolean isCut() {
        return cut;
    }

    @Override
    public synchronized Socket createSocket() throws IOException {
        if (cut) {
            throw new SocketException("the time is over");
        }
        made = new Socket();
        return made;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return connected(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return connected(host, port);
    }

    private Socket connected(InetAddress host, int port) throws IOException {
        Socket socket = createSocket();
        socket.connect(new java.net.InetSocketAddress(host, port));
        return socket;
    }
}
