package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.curator.RetryPolicy;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * The servers as one: keeps a session with one of them, finds another when that one fails, and begins a new session when
 * the old one expired. Calls are never repeated. Safe for use by many threads.
 */
final class Ensemble implements AutoCloseable {
    /** As long as it lasts, the same server or another goes on with what this client has seen; at least two ticks. */
    private static final Duration SESSION = Duration.ofSeconds(6);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    /** The libraries tell of each try to connect, with a trace; we tell of it once, in our words. */
    private static final List<Logger> CHATTER = List.of(
            Logger.getLogger("org.apache.zookeeper"),
            Logger.getLogger("org.apache.zookeeper.ClientCnxn"),
            Logger.getLogger("org.apache.curator"));

    private final Machines machines;
    private final ClientSettings settings;
    private final CuratorFramework client;
    private final List<ACL> acl;
    private volatile boolean closed;

    /** @throws StoreException when a TLS file cannot be read */
    Ensemble(StoreRequest request, Machines machines) {
        quieten();
        this.machines = machines;
        this.settings = new ClientSettings(request.tls(), request.tls().on() || machines.tls());
        RetryPolicy unused = new RetryOneTime(1); // for calls by the client itself, and we make none
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(machines.toString())
                .ensembleTracker(false) // what the servers call themselves may not be reachable from here
                .sessionTimeoutMs((int) SESSION.toMillis())
                .connectionTimeoutMs((int) request.timeout().toMillis())
                .maxCloseWaitMs((int) LONGEST_CLOSE.toMillis())
                .waitForShutdownTimeoutMs((int) LONGEST_CLOSE.toMillis())
                .retryPolicy(unused)
                .zkClientConfig(settings.config())
                .zookeeperFactory(Servers.factory(settings.config()));
        if (request.username().isEmpty()) {
            acl = ZooDefs.Ids.OPEN_ACL_UNSAFE;
        } else {
            acl = ZooDefs.Ids.CREATOR_ALL_ACL;
            builder.authorization("digest", (request.username() + ":" + request.password()).getBytes(UTF_8));
        }
        this.client = builder.build();
        client.start();
    }

    private static void quieten() {
        for (Logger logger : CHATTER) {
            if (logger.getLevel() == null) {
                logger.setLevel(logger.getName().endsWith("ClientCnxn") ? Level.SEVERE : Level.WARNING);
            }
        }
    }

    /** @return the session in use, connected a moment ago; another object is another session */
    ZooKeeper session(Deadline deadline) throws CallFailed {
        if (closed) {
            throw CallFailed.refused(this + ": the store is closed", null);
        }
        try {
            boolean connected = client.getZookeeperClient().isConnected()
                    || client.blockUntilConnected(
                            (int) TimeUnit.NANOSECONDS.toMillis(deadline.left()) + 1, TimeUnit.MILLISECONDS);
            if (!connected || closed) {
                throw CallFailed.refused(
                        this + " cannot be reached; start it, or see backend-machine and backend-tls", null);
            }
            return client.getZookeeperClient().getZooKeeper();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallFailed.refused("interrupted while connecting to " + this, e);
        } catch (CallFailed e) {
            throw e;
        } catch (Exception e) { // the client declares no less
            throw CallFailed.refused(this + " cannot be reached: " + e.getMessage(), e);
        }
    }

    /** Empty where there is no such node. */
    CompletableFuture<Optional<Stat>> stat(ZooKeeper session, String path) {
        CompletableFuture<Optional<Stat>> answer = new CompletableFuture<>();
        session.exists(path, false, (rc, p, ctx, stat) -> settle(answer, rc, path, stat), null);
        return answer;
    }

    /** Empty where there is no such node. */
    CompletableFuture<Optional<Node>> node(ZooKeeper session, String path) {
        CompletableFuture<Optional<Node>> answer = new CompletableFuture<>();
        session.getData(
                path,
                false,
                (rc, p, ctx, data, stat) -> settle(
                        answer,
                        rc,
                        path,
                        stat == null ? null : new Node(data == null ? StoredForm.NOTHING : data, stat)),
                null);
        return answer;
    }

    /** Empty where there is no such node. */
    CompletableFuture<Optional<Children>> children(ZooKeeper session, String path) {
        CompletableFuture<Optional<Children>> answer = new CompletableFuture<>();
        session.getChildren(
                path,
                false,
                (rc, p, ctx, names, stat) ->
                        settle(answer, rc, path, names == null ? null : new Children(path, stat.getPzxid(), names)),
                null);
        return answer;
    }

    /** @param names of the children @param changed the transaction that last added or removed one */
    record Children(String path, long changed, List<String> names) {}

    /** Makes a node without a value; one that is there is as good. Empty where its parent is missing. */
    CompletableFuture<Optional<String>> make(ZooKeeper session, String path) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        session.create(
                path,
                StoredForm.NOTHING,
                acl,
                CreateMode.PERSISTENT,
                (rc, p, ctx, name) -> settle(answer, Code.get(rc) == Code.NODEEXISTS ? 0 : rc, path, path),
                null);
        return answer;
    }

    /** Empty where there is no such node. */
    CompletableFuture<Optional<Stat>> write(ZooKeeper session, String path, byte[] data) {
        CompletableFuture<Optional<Stat>> answer = new CompletableFuture<>();
        session.setData(path, data, -1, (rc, p, ctx, stat) -> settle(answer, rc, path, stat), null);
        return answer;
    }

    /** Waits until the server of this session has all that was committed by then. */
    CompletableFuture<Optional<String>> sync(ZooKeeper session, String path) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        session.sync(path, (rc, p, ctx) -> settle(answer, rc, path, path), null);
        return answer;
    }

    /** All or nothing. */
    CompletableFuture<List<OpResult>> multi(ZooKeeper session, List<Op> operations) {
        CompletableFuture<List<OpResult>> answer = new CompletableFuture<>();
        session.multi(
                operations,
                (rc, p, ctx, results) -> {
                    if (rc == 0) {
                        answer.complete(results);
                    } else {
                        answer.completeExceptionally(KeeperException.create(Code.get(rc), pathOf(operations, results)));
                    }
                },
                null);
        return answer;
    }

    private static String pathOf(List<Op> operations, List<OpResult> results) {
        for (int i = 0; results != null && i < results.size() && i < operations.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error
                    && error.getErr() != Code.OK.intValue()
                    && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                return operations.get(i).getPath();
            }
        }
        return operations.get(0).getPath();
    }

    private static <R> void settle(CompletableFuture<Optional<R>> answer, int rc, String path, R result) {
        Code code = Code.get(rc);
        if (code == Code.OK || code == Code.NONODE) {
            answer.complete(code == Code.OK ? Optional.ofNullable(result) : Optional.empty());
        } else {
            answer.completeExceptionally(KeeperException.create(code, path));
        }
    }

    List<ACL> acl() {
        return acl;
    }

    /**
     * Waits for an answer.
     *
     * @throws KeeperException what the server says, other than that it is away
     */
    <R> R await(Deadline deadline, CompletableFuture<R> answer) throws CallFailed, KeeperException {
        try {
            return answer.get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw CallFailed.unanswered(this + " did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallFailed.unanswered("interrupted while " + this + " was asked", e);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof KeeperException said)) {
                throw CallFailed.unanswered(this + ": " + e.getCause(), e);
            }
            switch (said.code()) {
                case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, OPERATIONTIMEOUT, REQUESTTIMEOUT, SYSTEMERROR ->
                    throw CallFailed.unanswered(this + ": the connection broke (" + said.code() + ")", said);
                case NOAUTH, AUTHFAILED ->
                    throw CallFailed.refused(
                            this + ": " + said.getPath() + " belongs to other credentials; "
                                    + "see backend-username and backend-password",
                            said);
                default -> throw said;
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            client.close();
            settings.close();
        }
    }

    @Override
    public String toString() {
        return "zookeeper " + machines;
    }
}
