package io.dkron.connectors.etcd;

import io.dkron.core.store.FencedCaller;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Three machines, of which the one that leads is killed again and again. */
@EnabledIfSystemProperty(named = "dkron.tests.long", matches = "true")
class EtcdClusterTest {
    private static final int SIZE = 3;

    @Test
    void whateverMachineDiesCallersGoOnAndNothingAcknowledgedIsLost() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<EtcdServer> servers = cluster();
        try {
            List<Future<?>> starts = new ArrayList<>();
            servers.forEach(server -> starts.add(threads.submit(server::start)));
            for (Future<?> start : starts) {
                start.get(90, TimeUnit.SECONDS);
            }
            List<String> machines = servers.stream().map(EtcdServer::machine).toList();
            try (StoreClient store = open(machines)) {
                List<FencedCaller> callers = IntStream.range(0, 4)
                        .mapToObj(i -> new FencedCaller(store, "dkron/caller" + i))
                        .toList();
                List<Future<Void>> runs = new ArrayList<>();
                callers.forEach(caller -> runs.add(threads.submit(caller)));
                for (int i = 0; i < 4; i++) {
                    FencedCaller.awaitProgress(callers, runs);
                    EtcdServer leader = leader(servers);
                    leader.kill();
                    FencedCaller.awaitProgress(callers, runs);
                    leader.start();
                }
                callers.forEach(FencedCaller::stop);
                for (Future<Void> run : runs) {
                    run.get(60, TimeUnit.SECONDS);
                }
                for (String machine : machines) {
                    try (StoreClient one = open(List.of(machine))) {
                        callers.forEach(caller -> caller.check(one));
                    }
                }
            }
        } finally {
            servers.forEach(EtcdServer::close);
            threads.shutdownNow();
        }
    }

    private static StoreClient open(List<String> machines) {
        return new EtcdConnector().open(EtcdServer.request(machines, "dkron", Duration.ofSeconds(5)));
    }

    private static List<EtcdServer> cluster() {
        List<String> peers = IntStream.range(0, SIZE)
                .mapToObj(i -> "http://127.0.0.1:" + ServerProcess.freePort())
                .toList();
        String all = String.join(
                ",",
                IntStream.range(0, SIZE)
                        .mapToObj(i -> "n" + i + "=" + peers.get(i))
                        .toList());
        return IntStream.range(0, SIZE)
                .mapToObj(i -> new EtcdServer(
                        "--name",
                        "n" + i,
                        "--listen-peer-urls",
                        peers.get(i),
                        "--initial-advertise-peer-urls",
                        peers.get(i),
                        "--initial-cluster",
                        all))
                .toList();
    }

    private static EtcdServer leader(List<EtcdServer> servers) throws Exception {
        for (EtcdServer server : servers) {
            String status = server.call("POST", "/v3/maintenance/status", "{}");
            String member = status.replaceAll("(?s).*\"member_id\":\"(\\d+)\".*", "$1");
            if (status.contains("\"leader\":\"" + member + "\"")) {
                return server;
            }
        }
        throw new AssertionError("no machine leads");
    }
}
