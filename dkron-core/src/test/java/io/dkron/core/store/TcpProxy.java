package io.dkron.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A bad network between a client and a server on loopback. Bytes pass until a test says otherwise; what is held back flows
 * on when it may again, and is lost when the connection is cut. Safe for use by many threads.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK = 64 << 10;
    private static final int QUEUE = 64;
    private static final int CONNECT_MILLIS = 5_000;

    private enum Direction {
        REQUEST,
        ANSWER
    }

    private record Chunk(byte[] bytes, long due) {
        boolean isEnd() {
            return bytes.length == 0;
        }
    }

    private final InetSocketAddress target;
    private final int port;
    private final Object lock = new Object();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    // guarded by lock
    private Optional<ServerSocket> listener = Optional.empty();
    private Thread acceptor = new Thread();
    private boolean holdRequests;
    private boolean holdAnswers;
    private boolean cutNextAnswer;
    private long delayNanos;
    private int waiting;
    private boolean closed;

    /** @param machine {@code host:port} of the server, which need not be there yet */
    public TcpProxy(String machine) {
        int colon = machine.lastIndexOf(':');
        target = new InetSocketAddress(machine.substring(0, colon), Integer.parseInt(machine.substring(colon + 1)));
        port = ServerProcess.freePort();
        pass();
    }

    /** {@code host:port}, for the client. */
    public String machine() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** All is well from now on, and without delay; what was held flows on. */
    public void pass() {
        set(() -> {
            holdRequests = false;
            holdAnswers = false;
            cutNextAnswer = false;
            delayNanos = 0;
        });
        listen();
    }

    /** Cuts all connections now; new ones are taken. */
    public void cut() {
        connections.forEach(Connection::close);
    }

    /**
     * The next bytes of a client go through, and that connection is cut when the server sends anything after them. One
     * connection only.
     */
    public void cutBeforeNextAnswer() {
        set(() -> cutNextAnswer = true);
    }

    /** Requests go through, answers do not. */
    public void holdAnswers() {
        set(() -> holdAnswers = true);
    }

    /** Requests are taken and do not go through. */
    public void holdRequests() {
        set(() -> holdRequests = true);
    }

    /** Connections stay and new ones are taken, but nothing goes through. */
    public void hang() {
        set(() -> {
            holdRequests = true;
            holdAnswers = true;
        });
    }

    /** Whatever comes from now on goes through that much later, each way. */
    public void delay(Duration eachWay) {
        set(() -> delayNanos = eachWay.toNanos());
    }

    /** Cuts all connections and refuses new ones, as a machine whose server is not there. */
    public void refuse() {
        Optional<ServerSocket> old;
        Thread leaving;
        synchronized (lock) {
            old = listener;
            listener = Optional.empty();
            leaving = acceptor;
        }
        old.ifPresent(TcpProxy::closeQuietly);
        try {
            leaving.join(CONNECT_MILLIS); // while it is in accept(), the port is not free again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    /** Whether bytes are here that are held back. */
    public boolean holdsBytes() {
        synchronized (lock) {
            return waiting > 0;
        }
    }

    @Override
    public void close() {
        set(() -> closed = true);
        refuse();
    }

    private void set(Runnable change) {
        synchronized (lock) {
            change.run();
            lock.notifyAll();
        }
    }

    private void listen() {
        synchronized (lock) {
            if (closed || listener.isPresent()) {
                return;
            }
            try {
                ServerSocket socket = new ServerSocket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
                listener = Optional.of(socket);
                acceptor = daemon("proxy-accept", () -> acceptAll(socket));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void acceptAll(ServerSocket socket) {
        while (!socket.isClosed()) {
            Socket client;
            try {
                client = socket.accept();
            } catch (IOException e) {
                return; // refuse() closed it
            }
            connect(client, socket);
        }
    }

    private void connect(Socket client, ServerSocket from) {
        Socket server = new Socket();
        try {
            server.connect(target, CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) { // as the server would: closed at once
            closeQuietly(client);
            closeQuietly(server);
            return;
        }
        Connection connection = new Connection(client, server);
        connections.add(connection);
        connection.pump(Direction.REQUEST, client, server);
        connection.pump(Direction.ANSWER, server, client);
        if (from.isClosed()) {
            connection.close(); // refused between accept and here
        }
    }

    private long due() {
        synchronized (lock) {
            return System.nanoTime() + delayNanos;
        }
    }

    private boolean held(Direction direction) {
        return direction == Direction.REQUEST ? holdRequests : holdAnswers;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Two sockets; each direction has one thread that reads and one that writes, so that a delay does not narrow it. */
    private final class Connection {
        private final Socket client;
        private final Socket server;
        private boolean cutOnAnswer; // guarded by lock
        private volatile boolean gone;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Direction direction, Socket from, Socket to) {
            BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(QUEUE);
            daemon("proxy-read", () -> read(from, queue));
            daemon("proxy-write", () -> write(direction, queue, to));
        }

        private void read(Socket from, BlockingQueue<Chunk> queue) {
            byte[] buffer = new byte[CHUNK];
            try (InputStream in = from.getInputStream()) {
                int count = in.read(buffer);
                while (count > 0) {
                    put(queue, new Chunk(Arrays.copyOf(buffer, count), due()));
                    count = in.read(buffer);
                }
                put(queue, new Chunk(new byte[0], due()));
            } catch (IOException e) {
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void put(BlockingQueue<Chunk> queue, Chunk chunk) throws InterruptedException {
            while (!gone && !queue.offer(chunk, 100, TimeUnit.MILLISECONDS)) {
                // full: as long as the other side is slow
            }
        }

        private void write(Direction direction, BlockingQueue<Chunk> queue, Socket to) {
            try {
                OutputStream out = to.getOutputStream();
                while (!gone) {
                    Chunk chunk = queue.poll(100, TimeUnit.MILLISECONDS);
                    if (chunk == null) {
                        continue;
                    }
                    if (!mayPass(direction, chunk)) {
                        close();
                        return;
                    }
                    if (chunk.isEnd()) {
                        end();
                        return;
                    }
                    out.write(chunk.bytes());
                }
            } catch (IOException e) {
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Waits until the chunk is due and not held; false when the connection is to be cut in its place. */
        private boolean mayPass(Direction direction, Chunk chunk) throws InterruptedException {
            synchronized (lock) {
                awaitDue(direction, chunk);
                if (direction == Direction.REQUEST && cutNextAnswer) {
                    cutNextAnswer = false;
                    cutOnAnswer = true;
                }
                return !gone && (direction == Direction.REQUEST || !cutOnAnswer);
            }
        }

        private void awaitDue(Direction direction, Chunk chunk) throws InterruptedException {
            long left = chunk.due() - System.nanoTime();
            while (!gone && (left > 0 || held(direction))) {
                waiting++;
                try {
                    lock.wait(left > 0 ? left / 1_000_000 + 1 : 0);
                } finally {
                    waiting--;
                }
                left = chunk.due() - System.nanoTime();
            }
        }

        /** As one side closed it: what was sent before still arrives, as from servers that close after each answer. */
        private void end() {
            gone = true;
            connections.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }

        void close() {
            gone = true;
            connections.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.setSoLinger(true, 0); // a reset, as from a machine that is gone
                } catch (IOException e) {
                    // closed already, by its reader or the other side: what was wanted
                }
                closeQuietly(socket);
            }
            set(() -> {});
        }
    }
}
