package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.GossipConfig;
import io.dkron.agent.gossip.SelfMember;
import io.dkron.agent.node.AgentSettings;
import io.dkron.agent.node.NodeData;
import io.dkron.agent.node.Reload;
import io.dkron.agent.process.ProcessBridge;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcSecurity;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.ScheduleTimetables;
import io.dkron.core.problem.Problem;
import io.dkron.core.problem.Validated;
import io.dkron.core.store.Layout;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreConnectionFactory;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.ejb.backup.Restores;
import io.dkron.ejb.config.SettingsReading;
import io.dkron.ejb.lease.Nonces;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.metrics.ServerMetrics;
import io.dkron.ejb.rpc.AgentPart;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.Consistency;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobService;
import io.dkron.ejb.service.LaggingAnswers;
import io.dkron.ejb.service.NotLoadedException;
import io.dkron.ejb.service.Readiness;
import io.dkron.ejb.service.StoreService;
import io.dkron.ejb.store.PooledStore;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;

/**
 * The server of this application: gives it what the container has, starts it when the container is ready, stops it in
 * order. Before it is up, and where it could not start, its services throw {@link NotLoadedException}.
 */
@ApplicationScoped
public class ServerNode {
    private static final Logger LOG = System.getLogger(ServerNode.class.getName());

    @Resource
    private ManagedExecutorService executor;

    @Resource
    private ManagedScheduledExecutorService later;

    /** For what never ends: the pool of the executors is small, and requests run on it too. */
    @Resource
    private ManagedThreadFactory threads;

    @Resource(lookup = "jca/dkron-store")
    private StoreConnectionFactory stores;

    @Inject
    private Config config;

    private volatile Optional<Server> server = Optional.empty();
    private volatile Optional<Timers> timers = Optional.empty();
    private volatile Optional<RpcClients> clients = Optional.empty();
    private volatile Optional<NodeData> data = Optional.empty();
    private volatile Optional<String> failure = Optional.empty();

    void start(@Observes Startup event) {
        Validated<Settings> settings = new SettingsReading(config).read();
        settings.match(
                valid -> {
                    start(valid);
                    return true;
                },
                problems -> {
                    failed(text(problems));
                    return false;
                });
    }

    @PreDestroy
    void stop() {
        server.ifPresent(Server::stop);
        timers.ifPresent(Timers::shutdownNow);
        clients.ifPresent(RpcClients::close);
        data.ifPresent(open -> {
            try {
                open.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "data directory not given free", e);
            }
        });
    }

    public JobService jobs() {
        return running(Server::jobs);
    }

    public Restores restores() {
        return running(Server::restores);
    }

    public StoreService store() {
        return running(Server::store);
    }

    public ExecutionService executions() {
        return running(Server::executions);
    }

    public ClusterService cluster() {
        return running(Server::cluster);
    }

    public LiveHub live() {
        return running(Server::live);
    }

    public Consistency consistency() {
        return running(Server::consistency);
    }

    public LaggingAnswers lagging() {
        return running(Server::lagging);
    }

    public ServerMetrics metrics() {
        return running(Server::metrics);
    }

    public Settings settings() {
        return running(Server::settings);
    }

    /** Whether the node is ready, and why not; also answers when it could not start. */
    public Readiness readiness() {
        return server.map(s -> s.cluster().readiness())
                .orElseGet(() -> new NotStarted(failure.orElse("the node starts")));
    }

    /** Whether the engine's thread turns; also while there is none yet. */
    public boolean alive() {
        return server.map(Server::alive).orElse(true);
    }

    private <T> T running(Function<Server, T> part) {
        return server.map(part).orElseThrow(NotLoadedException::new);
    }

    private void start(Settings settings) {
        if (!ProcessBridge.isLaunched()) {
            settings.warnings().forEach(warning -> LOG.log(Level.WARNING, "{0}", warning));
        }
        try {
            Path directory = settings.path(Setting.DATA_DIR).orElseThrow();
            NodeData opened = NodeData.open(directory, !ProcessBridge.isLaunched());
            data = Optional.of(opened);
            RpcSecurity security = RpcSecurity.from(settings);
            Workers workers = Workers.of(executor);
            RpcClients rpc = new RpcClients(workers, security);
            clients = Optional.of(rpc);
            Timers limits = new Timers(threads, workers);
            timers = Optional.of(limits);
            ClusterPart cluster = cluster(settings, opened, rpc, workers);
            Server made = new Server(new Server.Parts(
                    settings,
                    opened.identity(),
                    Version.text(),
                    cluster,
                    new AgentPart(
                            AgentSettings.from(settings, security),
                            SelfMember.name(settings),
                            cluster.peers(),
                            rpc,
                            later),
                    (wanted, node, layout) ->
                            Engines.leader(wanted, node, layout, new ScheduleTimetables(ZoneId.systemDefault())),
                    workers,
                    this::loop,
                    threads,
                    later,
                    limits,
                    ProcessBridge::exit));
            made.start();
            server = Optional.of(made);
            ProcessBridge.onStop(made::stop);
            ProcessBridge.onReload(new Reload(cluster.peers(), security, Version.text())::apply);
            ProcessBridge.ready();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "node not started", e);
            failed(String.valueOf(e.getMessage()));
        }
    }

    private ClusterPart cluster(Settings settings, NodeData opened, RpcClients rpc, Workers workers)
            throws IOException {
        StoreRequest request = request(settings, opened.directory());
        GossipedCluster.Contact contact = new GossipedCluster.Contact(GossipConfig.from(settings), rpc, this::fatal);
        if (Clusters.embedded(settings)) {
            Clusters.oldFile(settings, opened)
                    .ifPresent(file -> LOG.log(
                            Level.WARNING,
                            "file of a Dkron 1.x not read file={0}; to take over what it holds, stop this server, empty its"
                                    + " data directory and run: dkron store migrate --from boltdb:{0} --to embedded:{1}",
                            file.toAbsolutePath(),
                            opened.directory().toAbsolutePath()));
            return new EmbeddedCluster(new EmbeddedCluster.Parts(
                    Clusters.raft(settings, opened),
                    contact,
                    () -> local(request),
                    store -> Clusters.knownBy(store, settings),
                    workers,
                    later));
        }
        return new SharedCluster(new SharedCluster.Parts(
                new PooledStore(stores, request),
                Layout.json(settings.string(Setting.KEYSPACE)).keys().leader(),
                Nonces.open(
                        opened.directory().resolve("leads"),
                        () -> UUID.randomUUID().toString()),
                contact,
                this::loop));
    }

    private void loop(Runnable endless) {
        threads.newThread(endless).start();
    }

    /** The store on this node's disk: replication needs more of it than a connection offers. */
    private LocalStore local(StoreRequest request) {
        try (StoreConnection connection = stores.connect(request)) {
            return connection
                    .unwrap(LocalStore.class)
                    .orElseThrow(
                            () -> new StoreException("backend " + request.backend() + " is no store on this machine"));
        }
    }

    /** The node cannot be a member: it ends. */
    private void fatal(String reason) {
        LOG.log(Level.ERROR, "node ends reason=\"{0}\"", reason);
        executor.execute(() -> {
            server.ifPresent(Server::stop);
            ProcessBridge.exit(1);
        });
    }

    private void failed(String reason) {
        failure = Optional.of(reason);
        LOG.log(Level.ERROR, "node not started reason=\"{0}\"", reason);
        ProcessBridge.failed(reason);
    }

    private static StoreRequest request(Settings settings, Path directory) {
        List<String> machines = settings.isGiven(Setting.BACKEND_MACHINE)
                ? settings.list(Setting.BACKEND_MACHINE)
                : settings.list(Setting.BACKEND_MACHINES);
        return new StoreRequest(
                settings.string(Setting.BACKEND),
                machines,
                settings.string(Setting.KEYSPACE),
                settings.string(Setting.BACKEND_USERNAME),
                settings.string(Setting.BACKEND_PASSWORD),
                new StoreRequest.Tls(
                        settings.bool(Setting.BACKEND_TLS),
                        settings.string(Setting.TRUSTED_CA_FILE),
                        settings.string(Setting.CERT_FILE),
                        settings.string(Setting.KEY_FILE)),
                settings.string(Setting.BACKEND_REGION),
                settings.string(Setting.BACKEND_ENDPOINT),
                directory.toString(),
                settings.bool(Setting.FSYNC),
                settings.duration(Setting.BACKEND_TIMEOUT));
    }

    private static String text(List<Problem> problems) {
        return problems.stream()
                .map(p -> p.field().isEmpty() ? p.message() : p.field() + ": " + p.message())
                .collect(Collectors.joining("; "));
    }

    /** Not ready, for one reason. */
    private record NotStarted(String reason) implements Readiness {
        @Override
        public Optional<String> storeTrouble() {
            return Optional.of(reason);
        }

        @Override
        public List<String> reasons() {
            return List.of(reason);
        }

        @Override
        public boolean started() {
            return false;
        }

        @Override
        public boolean stopping() {
            return false;
        }
    }
}
