package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What every client of a server must do when the server or the way to it fails. One server serves the class; each test has
 * a keyspace of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class StoreFaultContract {
    /** What a test says of the fate of a batch, see {@link #settle}. */
    private enum Fate {
        APPLIED,
        NEVER
    }

    /** How long a call may take; short, since many tests wait for its end. */
    protected static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration RECOVERY = Duration.ofSeconds(30);
    private static final AtomicInteger KEYSPACES = new AtomicInteger();

    private final ExecutorService calls = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "contract-call");
        thread.setDaemon(true);
        return thread;
    });
    private Optional<StoreServer> server = Optional.empty();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private String keyspace = "";

    /** A server of the test's own, not started; where none can be had, a failed assumption that names it. */
    protected abstract StoreServer newServer();

    protected abstract Connector connector();

    /** How a client asks for the store that these machines serve, with {@link #TIMEOUT}. */
    protected abstract StoreRequest request(List<String> machines, String keyspace);

    /**
     * A server that runs and asks for a password.
     *
     * @throws Exception whatever the way to the server throws
     */
    protected abstract GuardedServer guarded() throws Exception;

    /** Whether the backend takes the addresses of several machines of one cluster. */
    protected boolean takesManyMachines() {
        return true;
    }

    /**
     * Whether the server tells a client that repeats a batch what became of it: then the client may settle by itself what
     * others call unknown.
     */
    protected boolean settlesByRepeating() {
        return false;
    }

    @BeforeEach
    void aServerThatRuns() {
        keyspace = "fault" + KEYSPACES.incrementAndGet();
        if (server.isEmpty()) {
            StoreServer created = newServer();
            created.start();
            server = Optional.of(created);
        }
    }

    @AfterEach
    void closeWhatWasOpened() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        opened.clear();
    }

    @AfterAll
    void endServer() {
        server.ifPresent(StoreServer::close);
        calls.shutdownNow();
    }

    // ---- a server that is away ----

    @Test
    void aServerThatIsAwayIsReportedInTimeAndFoundWhenItIsThere() {
        server().kill();
        try {
            Optional<StoreClient> early = openInTime(request(server().machine()));
            early.ifPresent(client -> {
                assertReadsFailInTime(client);
                assertThat(inTime(() -> client.commit(new Batch().put(key("a"), bytes("lost")))))
                        .isInstanceOf(CommitResult.Failed.class);
                Health health = inTime(client::health);
                assertThat(health.up()).isFalse();
                assertThat(health.detail()).contains(server().machine());
            });
            server().start();
            StoreClient client = early.orElseGet(() -> open(request(server().machine())));
            awaitService(client);
            assertThat(client.get(key("a"))).as("a batch that failed").isEmpty();
            assertThat(client.health()).isEqualTo(Health.UP);
            assertThat(client.commit(new Batch().put(key("a"), bytes("there"))))
                    .isInstanceOf(CommitResult.Committed.class);
        } finally {
            startAgain();
        }
    }

    @Test
    void aServerThatGoesAndComesBackIsFoundAgainByTheSameClient() {
        StoreClient client = openServing(server().machine());
        try {
            for (int i = 0; i < 2; i++) {
                server().kill();
                assertReadsFailInTime(client);
                CommitResult gone = inTime(() -> client.commit(new Batch().put(key("gone"), bytes("x"))));
                assertThat(gone).isNotInstanceOfAny(CommitResult.Committed.class, CommitResult.Refused.class);
                assertThat(inTime(client::health).up()).isFalse();
                server().start();
                awaitService(client);
                assertThat(client.health()).isEqualTo(Health.UP);
            }
        } finally {
            startAgain();
        }
    }

    /**
     * Callers commit as leaders do, each under a fence of its own with one commit in flight, while the server is killed and
     * started again: nothing acknowledged is lost, nothing that failed is there, and what is unknown can be settled.
     */
    @Test
    void P4underKillsNothingAcknowledgedIsLostAndTheUnknownIsSettled() throws Exception {
        int rounds = ServerProcess.longRuns() ? 8 : 2;
        StoreClient client = openServing(server().machine());
        List<FencedCaller> leaders = new ArrayList<>();
        List<Future<Void>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FencedCaller leader = new FencedCaller(client, key("leader" + i));
            leaders.add(leader);
            runs.add(calls.submit(leader));
        }
        try {
            for (int i = 0; i < rounds; i++) {
                FencedCaller.awaitProgress(leaders, runs);
                server().kill();
                server().start();
            }
            FencedCaller.awaitProgress(leaders, runs);
        } finally {
            leaders.forEach(FencedCaller::stop);
            startAgain();
        }
        for (Future<Void> run : runs) {
            run.get(60, TimeUnit.SECONDS);
        }
        StoreClient fresh = openServing(server().machine());
        for (FencedCaller leader : leaders) {
            leader.check(fresh);
        }
    }

    // ---- connections that are cut ----

    /** The batch is there before the connection is cut: to repeat it, or to say that it failed, would be wrong. */
    @Test
    void aCommitThatAppliedAndWhoseConnectionIsCutIsUnknown() throws Exception {
        StoreClient direct = openServing(server().machine());
        TcpProxy proxy = proxy();
        StoreClient client = openServing(proxy.machine());
        long fence = fence(client);
        proxy.holdAnswers();
        Future<CommitResult> commit = calls.submit(() -> client.commit(new Batch()
                .expect(key("fence"), fence)
                .put(key("fence"), bytes("2"))
                .put(key("a"), bytes("one"))));
        await("the batch to apply", () -> direct.get(key("a")).isPresent());
        proxy.cut();
        proxy.pass(); // a client that repeats the batch finds the server
        assertThat(ended(commit))
                .isInstanceOfAny(
                        CommitResult.Unknown.class,
                        settlesByRepeating() ? CommitResult.Committed.class : CommitResult.Unknown.class);
        awaitService(client);
        assertThat(settle(client, "2", fence)).isEqualTo(Fate.APPLIED);
        assertThat(client.get(key("a")).orElseThrow().value()).isEqualTo(bytes("one"));
    }

    /** As above, but the server cannot be reached any more. */
    @Test
    void aCommitThatAppliedAndWhoseServerIsGoneThenIsUnknown() throws Exception {
        StoreClient direct = openServing(server().machine());
        TcpProxy proxy = proxy();
        StoreClient client = openServing(proxy.machine());
        long fence = fence(client);
        proxy.holdAnswers();
        Future<CommitResult> commit = calls.submit(() -> client.commit(new Batch()
                .expect(key("fence"), fence)
                .put(key("fence"), bytes("2"))
                .put(key("a"), bytes("one"))));
        await("the batch to apply", () -> direct.get(key("a")).isPresent());
        proxy.refuse();
        assertThat(ended(commit)).isInstanceOf(CommitResult.Unknown.class);
        proxy.pass();
        awaitService(client);
        assertThat(settle(client, "2", fence)).isEqualTo(Fate.APPLIED);
    }

    /** The batch never reached the server. */
    @Test
    void aCommitWhoseRequestIsLostIsNeverCommitted() throws Exception {
        TcpProxy proxy = proxy();
        StoreClient client = openServing(proxy.machine());
        long fence = fence(client);
        proxy.holdRequests();
        Future<CommitResult> commit = calls.submit(() -> client.commit(new Batch()
                .expect(key("fence"), fence)
                .put(key("fence"), bytes("2"))
                .put(key("a"), bytes("one"))));
        await("the request to leave", proxy::holdsBytes);
        proxy.refuse();
        assertThat(ended(commit)).isInstanceOfAny(CommitResult.Unknown.class, CommitResult.Failed.class);
        proxy.pass();
        awaitService(client);
        assertThat(settle(client, "2", fence)).isEqualTo(Fate.NEVER);
        assertThat(client.get(key("a"))).isEmpty();
    }

    /** Cuts at many moments: what the client says always agrees with what is there. */
    @Test
    void aConnectionCutMidCommitNeverMakesAResultThatIsWrong() throws Exception {
        int rounds = ServerProcess.longRuns() ? 200 : 24;
        TcpProxy proxy = proxy();
        FencedCaller leader = new FencedCaller(openServing(proxy.machine()), key("leader"));
        for (int i = 0; i < rounds; i++) {
            leader.commitOnce(); // the connection is warm
            if (i % 2 == 0) {
                proxy.cutBeforeNextAnswer();
                leader.commitOnce();
                proxy.pass();
            } else {
                long moment = System.nanoTime() + ThreadLocalRandom.current().nextInt(2_000_000);
                Future<?> cut = calls.submit(() -> {
                    while (System.nanoTime() < moment) {
                        Thread.onSpinWait();
                    }
                    proxy.cut();
                });
                leader.commitOnce();
                cut.get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(leader.acknowledged()).isGreaterThanOrEqualTo(rounds / 2);
        leader.check(openServing(server().machine()));
    }

    @Test
    void readsGoOnAfterTheirConnectionWasCut() {
        TcpProxy proxy = proxy();
        StoreClient client = openServing(proxy.machine());
        client.commit(new Batch().put(key("a"), bytes("one")));
        for (int i = 0; i < 5; i++) {
            proxy.cut();
            awaitService(client);
            assertThat(client.get(key("a")).orElseThrow().value()).isEqualTo(bytes("one"));
        }
    }

    // ---- servers that hang, and slow networks ----

    @Test
    void callsToAServerThatHangsEndInTime() throws Exception {
        StoreClient client = openServing(server().machine());
        long fence = fence(client);
        server().pause();
        CommitResult result;
        try {
            result = inTime(
                    () -> client.commit(new Batch().expect(key("fence"), fence).put(key("fence"), bytes("2"))));
            // Failed when the client asks a connection first whether it lives.
            assertThat(result).isInstanceOfAny(CommitResult.Unknown.class, CommitResult.Failed.class);
            assertReadsFailInTime(client);
            assertThat(inTime(client::health).up()).isFalse();
            openInTime(request(server().machine())).ifPresent(this::assertReadsFailInTime);
        } finally {
            server().resume();
        }
        awaitService(client);
        Fate fate = settle(client, "2", fence);
        String expected = fate == Fate.APPLIED ? "2" : "settled";
        assertThat(result instanceof CommitResult.Failed && fate == Fate.APPLIED)
                .as("failed, and there all the same")
                .isFalse();
        assertThat(client.get(key("fence")).orElseThrow().value()).isEqualTo(bytes(expected));
    }

    @Test
    void callsOverANetworkThatHangsEndInTimeAndItsReturnIsNoticed() throws Exception {
        TcpProxy proxy = proxy();
        StoreClient client = openServing(proxy.machine());
        long fence = fence(client);
        proxy.hang();
        List<Future<CommitResult>> commits = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 8; i++) {
            String key = key("hung" + i);
            commits.add(calls.submit(() -> client.commit(new Batch().put(key, bytes("x")))));
        }
        CommitResult result = inTime(
                () -> client.commit(new Batch().expect(key("fence"), fence).put(key("fence"), bytes("2"))));
        assertThat(result).isNotInstanceOfAny(CommitResult.Committed.class, CommitResult.Refused.class);
        for (Future<CommitResult> commit : commits) {
            assertThat(ended(commit)).isNotInstanceOfAny(CommitResult.Committed.class, CommitResult.Refused.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.plus(GRACE));
        assertReadsFailInTime(client);
        proxy.pass();
        awaitService(client);
        settle(client, "2", fence);
    }

    @Test
    void aLatencyOf200MillisecondsWorks() throws Exception {
        TcpProxy proxy = proxy();
        proxy.delay(Duration.ofMillis(100)); // each way
        StoreClient client = openServing(proxy.machine());
        int before = threads().size();
        List<Future<CommitResult>> commits = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            String key = key("slow/" + i);
            commits.add(calls.submit(
                    () -> client.commit(new Batch().expect(key, Batch.ABSENT).put(key, bytes(key)))));
        }
        for (Future<CommitResult> commit : commits) {
            assertThat(ended(commit)).isInstanceOf(CommitResult.Committed.class);
        }
        assertThat(threads().size() - before).as("threads for 32 callers").isLessThan(40);
        assertThat(client.list(key("slow/"), "", 100).entries()).hasSize(32);
        assertThat(client.health().up()).isTrue();
    }

    // ---- who may, and which machine ----

    @Test
    void aWrongPasswordIsSaidAndTheRightOneWorks() throws Exception {
        GuardedServer guarded = opened(guarded());
        StoreRequest plain = request(List.of(guarded.server().machine()), keyspace);
        StoreRequest wrong = guarded.wrong().with(plain);
        StoreClient owner = open(guarded.right().with(plain)); // first: some stores belong to who comes first
        awaitService(owner);
        assertThat(owner.commit(new Batch().put(key("a"), bytes("one")))).isInstanceOf(CommitResult.Committed.class);
        try {
            StoreClient client = open(wrong);
            assertThatThrownBy(() -> client.get(key("a")))
                    .isInstanceOf(StoreException.class)
                    .satisfies(e -> assertSaysWhatIsWrong(e.getMessage(), wrong));
            assertThat(inTime(() -> client.commit(new Batch().put(key("a"), bytes("lost")))))
                    .isInstanceOfSatisfying(
                            CommitResult.Failed.class, failed -> assertSaysWhatIsWrong(failed.reason(), wrong));
            Health health = inTime(client::health);
            assertThat(health.up()).isFalse();
            assertSaysWhatIsWrong(health.detail(), wrong);
        } catch (StoreException e) { // said as early as open
            assertSaysWhatIsWrong(e.getMessage(), wrong);
        }
        assertThat(owner.get(key("a")).orElseThrow().value()).isEqualTo(bytes("one"));
        assertThat(owner.health()).isEqualTo(Health.UP);
    }

    @Test
    void aServerThatTakesNoWritesIsSaidReadsGoOnAndWritesGoOnWhenItDoes() throws Exception {
        GuardedServer guarded = opened(guarded());
        StoreClient client =
                open(guarded.right().with(request(List.of(guarded.server().machine()), keyspace)));
        awaitService(client);
        assertThat(client.commit(new Batch().put(key("a"), bytes("one")))).isInstanceOf(CommitResult.Committed.class);
        guarded.refuseWrites().make();
        try {
            await("writes to be refused", () -> !written(client, "b"));
            assertThat(inTime(() -> client.commit(new Batch().put(key("c"), new byte[1000]))))
                    .isInstanceOfSatisfying(
                            CommitResult.Failed.class,
                            failed -> assertThat(failed.reason()).isNotBlank());
            assertThat(client.get(key("a")).orElseThrow().value()).isEqualTo(bytes("one"));
            assertThat(client.get(key("c"))).isEmpty();
        } finally {
            guarded.takeWrites().make();
        }
        await("writes to be taken", () -> written(client, "c"));
        assertThat(client.get(key("c"))).isPresent();
    }

    private boolean written(StoreClient client, String name) {
        return client.commit(new Batch().put(key(name), new byte[1000])) instanceof CommitResult.Committed;
    }

    private GuardedServer opened(GuardedServer guarded) {
        opened.add(guarded.server());
        return guarded;
    }

    private static void assertSaysWhatIsWrong(String message, StoreRequest wrong) {
        assertThat(message).containsPattern("(?i)password|token|credentials").doesNotContain(wrong.password());
    }

    @Test
    void machinesThatAreDeadArePassedOver() {
        Assumptions.assumeTrue(takesManyMachines(), "the backend takes one machine");
        TcpProxy second = proxy();
        String dead = "127.0.0.1:" + ServerProcess.freePort();
        StoreClient client = open(request(List.of(dead, second.machine(), server().machine()), keyspace));
        awaitService(client);
        assertThat(client.commit(new Batch().put(key("a"), bytes("one")))).isInstanceOf(CommitResult.Committed.class);
        second.refuse();
        awaitService(client);
        assertThat(client.get(key("a")).orElseThrow().value()).isEqualTo(bytes("one"));
        assertThat(client.commit(new Batch().put(key("a"), bytes("two")))).isInstanceOf(CommitResult.Committed.class);
    }

    // ---- closing ----

    @Test
    void afterCloseNothingOfTheClientRunsAndCallsFail() {
        Set<Thread> before = threads();
        StoreClient client = openServing(server().machine());
        client.commit(new Batch().put(key("a"), bytes("one")));
        client.close();
        client.close();
        assertThatThrownBy(() -> client.get(key("a"))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> client.list(key(""), "", 1)).isInstanceOf(StoreException.class);
        assertThat(client.commit(new Batch().put(key("a"), bytes("two")))).isInstanceOf(CommitResult.Failed.class);
        assertThat(client.health().up()).isFalse();
        awaitNoNewThreads(before);
    }

    @Test
    void closeEndsCallsThatRun() throws Exception {
        Set<Thread> before = threads();
        TcpProxy proxy = proxy();
        StoreClient client = openServing(proxy.machine());
        proxy.hang();
        Future<CommitResult> commit = calls.submit(() -> client.commit(new Batch().put(key("a"), bytes("one"))));
        Future<Optional<Entry>> read = calls.submit(() -> client.get(key("a")));
        await("the calls to run", proxy::holdsBytes);
        client.close();
        assertThat(ended(commit)).isInstanceOfAny(CommitResult.Unknown.class, CommitResult.Failed.class);
        assertThatThrownBy(() -> read.get(TIMEOUT.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreException.class);
        proxy.close();
        awaitNoNewThreads(before);
    }

    /** Threads that Java itself starts once, whoever needs them first, are nobody's. */
    private static Set<Thread> threads() {
        Set<Thread> all = new HashSet<>(Thread.getAllStackTraces().keySet());
        all.removeIf(thread -> thread.getName()
                .matches("contract-call|proxy-.*|ForkJoinPool\\.commonPool.*|process reaper.*|Common-Cleaner"
                        + "|Keep-Alive-Timer|CompletableFutureDelayScheduler|InnocuousThread.*"));
        return all;
    }

    private static void awaitNoNewThreads(Set<Thread> before) {
        long giveUp = System.nanoTime() + RECOVERY.toNanos();
        Set<Thread> left = new HashSet<>();
        do {
            System.gc(); // up to Java 20 an HttpClient ends its thread when it was collected
            left = threads();
            left.removeAll(before);
            pauseBriefly();
        } while (!left.isEmpty() && System.nanoTime() < giveUp);
        assertThat(left).as("threads left by the client").isEmpty();
    }

    /** Settles a batch that expected the fence at a version and wrote that value to it (protocol P4). */
    private Fate settle(Store store, String written, long expected) {
        long giveUp = System.nanoTime() + RECOVERY.toNanos();
        while (System.nanoTime() < giveUp) {
            CommitResult result =
                    store.commit(new Batch().expect(key("fence"), expected).put(key("fence"), bytes("settled")));
            if (result instanceof CommitResult.Committed) {
                return Fate.NEVER;
            }
            if (result instanceof CommitResult.Refused) {
                String now = new String(awaitRead(store, key("fence")).value(), UTF_8);
                assertThat(now).isIn(written, "settled");
                return now.equals(written) ? Fate.APPLIED : Fate.NEVER;
            }
            pauseBriefly();
        }
        return fail("could not be settled");
    }

    // ---- words of the tests ----

    protected final StoreServer server() {
        return server.orElseThrow();
    }

    /** Opens a client that is closed after the test. */
    protected final StoreClient open(StoreRequest request) {
        StoreClient client = connector().open(request);
        opened.add(client);
        return client;
    }

    private StoreRequest request(String machine) {
        return request(List.of(machine), keyspace);
    }

    private StoreClient openServing(String machine) {
        StoreClient client = open(request(machine));
        awaitService(client);
        return client;
    }

    private TcpProxy proxy() {
        TcpProxy proxy = new TcpProxy(server().machine());
        opened.add(proxy);
        return proxy;
    }

    private String key(String name) {
        return keyspace + "/" + name;
    }

    private long fence(Store store) {
        CommitResult result = store.commit(new Batch().put(key("fence"), bytes("1")));
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).version();
    }

    private void startAgain() {
        if (!server().isRunning()) {
            server().start();
        }
    }

    /** Opens, or fails to within the timeout, saying which store. */
    private Optional<StoreClient> openInTime(StoreRequest request) {
        try {
            return Optional.of(inTime(() -> open(request)));
        } catch (StoreException e) {
            assertThat(e.getMessage()).contains("127.0.0.1:");
            return Optional.empty();
        }
    }

    /** All at once, since each may take the whole time. */
    private void assertReadsFailInTime(Store client) {
        long start = System.nanoTime();
        List<Future<?>> reads =
                List.of(calls.submit(() -> client.get(key("a"))), calls.submit(() -> client.list(key(""), "", 10)));
        for (Future<?> read : reads) {
            assertThatThrownBy(() -> ended(read))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("127.0.0.1:");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("reads with the timeout %s", TIMEOUT)
                .isLessThan(TIMEOUT.plus(GRACE));
    }

    /** Calls, and fails when the call takes longer than the request's timeout and a second. */
    private <T> T inTime(Callable<T> call) {
        long start = System.nanoTime();
        try {
            return ended(calls.submit(call));
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("a call with the timeout %s", TIMEOUT)
                    .isLessThan(TIMEOUT.plus(GRACE));
        }
    }

    private static <T> T ended(Future<T> call) {
        try {
            return call.get(RECOVERY.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            return fail("the call did not end within " + RECOVERY, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void awaitService(Store store) {
        AtomicInteger tries = new AtomicInteger();
        CompletableFuture<StoreException> last = new CompletableFuture<>();
        long giveUp = System.nanoTime() + RECOVERY.toNanos();
        while (System.nanoTime() < giveUp) {
            tries.incrementAndGet();
            try {
                store.get("asked/whether/it/serves");
                return;
            } catch (StoreException e) {
                last.obtrudeValue(e);
                pauseBriefly();
            }
        }
        fail("no read worked within " + RECOVERY + ", " + tries + " tries", last.join());
    }

    private static Entry awaitRead(Store store, String key) {
        awaitService(store);
        return store.get(key).orElseThrow();
    }

    private static void await(String what, BooleanSupplier condition) {
        long giveUp = System.nanoTime() + RECOVERY.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > giveUp) {
                fail("waited " + RECOVERY + " for " + what);
            }
            pauseBriefly();
        }
    }

    private static void pauseBriefly() {
        try {
            Thread.sleep(10); // between two looks at a condition
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
