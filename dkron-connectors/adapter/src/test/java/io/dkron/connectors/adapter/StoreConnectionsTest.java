package io.dkron.connectors.adapter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreConnectionFactory;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreConnectionsTest {
    @TempDir
    Path folder;

    private final StoreResourceAdapter adapter = new StoreResourceAdapter();
    private final OneThreadPool pool = new OneThreadPool();
    private StoreConnectionFactory connections;

    @BeforeEach
    void start() throws Exception {
        adapter.start(null);
        StoreManagedConnectionFactory factory = new StoreManagedConnectionFactory();
        factory.setResourceAdapter(adapter);
        connections = (StoreConnectionFactory) factory.createConnectionFactory(pool);
    }

    @AfterEach
    void stop() {
        adapter.stop();
    }

    @Test
    void equalRequestsShareOneStoreAndOthersDoNot() {
        try (StoreConnection first = connections.connect(request("embedded", "a"));
                StoreConnection second = connections.connect(request("embedded", "a"));
                StoreConnection other = connections.connect(request("embedded", "b"))) {
            first.commit(new Batch().put("key", "value".getBytes(UTF_8)));
            assertThat(second.get("key")).isPresent();
            assertThat(other.get("key")).isEmpty();
            assertThat(first.unwrap(LocalStore.class)).isEqualTo(second.unwrap(LocalStore.class));
        }
    }

    @Test
    void aClosedConnectionGoesBackToThePoolAndIsUsedAgainForAnEqualRequest() {
        connections.connect(request("embedded", "a")).close();
        connections.connect(request("embedded", "a")).close();
        assertThat(pool.made).isEqualTo(1);
        connections.connect(request("embedded", "b")).close();
        assertThat(pool.made).isEqualTo(2);
        connections.connect(request("embedded", "a")).close();
        assertThat(pool.made).isEqualTo(2);
    }

    @Test
    void aConnectionUsedAfterItsEndSaysSo() {
        StoreConnection connection = connections.connect(request("embedded", "a"));
        connection.close();
        connection.close();
        assertThatThrownBy(() -> connection.get("key"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("after it was closed");
    }

    @Test
    void theLocalStoreBehindAConnectionOutlivesIt() {
        LocalStore local;
        try (StoreConnection connection = connections.connect(request("embedded", "a"))) {
            local = connection.unwrap(LocalStore.class).orElseThrow();
            connection.commit(new Batch().put("key", new byte[1]));
        }
        assertThat(local.applied()).isEqualTo(1);
        assertThat(local.apply(2, new Batch().put("key", new byte[2]))).isEqualTo(new CommitResult.Committed(2));
    }

    @Test
    void anUnknownBackendNamesThoseThereAre() {
        assertThatThrownBy(() -> connections.connect(request("mysql", "a")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("mysql")
                .hasMessageContaining("embedded");
        assertThat(pool.idle).hasSize(1);
    }

    @Test
    void aStoreThatCannotBeOpenedSaysWhyAndIsTriedAgain() throws Exception {
        Path occupied = folder.resolve("a").resolve("store");
        Files.createDirectories(occupied.getParent());
        Files.createFile(occupied);
        assertThatThrownBy(() -> connections.connect(request("embedded", "a")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(occupied.toString());
        Files.delete(occupied);
        connections.connect(request("embedded", "a")).close();
    }

    @Test
    void stoppingTheAdapterClosesTheStore() throws Exception {
        connections.connect(request("embedded", "a")).close();
        adapter.stop();
        assertThatThrownBy(() -> connections.connect(request("embedded", "a"))).isInstanceOf(StoreException.class);
        start();
        connections.connect(request("embedded", "a")).close(); // the file is not locked any more
    }

    private StoreRequest request(String backend, String name) {
        return new StoreRequest(
                backend,
                List.of(),
                "dkron",
                "",
                "",
                StoreRequest.Tls.OFF,
                "",
                "",
                folder.resolve(name).toString(),
                false,
                Duration.ofSeconds(10));
    }

    /** A pool as a container has one, for one thread. */
    private static final class OneThreadPool implements ConnectionManager, ConnectionEventListener {
        private static final long serialVersionUID = 1L;

        private final transient Set<ManagedConnection> idle = new HashSet<>();
        private int made;

        @Override
        public Object allocateConnection(ManagedConnectionFactory factory, ConnectionRequestInfo info)
                throws ResourceException {
            ManagedConnection connection = factory.matchManagedConnections(idle, null, info);
            if (connection == null) {
                connection = factory.createManagedConnection(null, info);
                connection.addConnectionEventListener(this);
                made++;
            }
            idle.remove(connection);
            return connection.getConnection(null, info);
        }

        @Override
        public void connectionClosed(ConnectionEvent event) {
            ManagedConnection connection = (ManagedConnection) event.getSource();
            try {
                connection.cleanup();
            } catch (ResourceException e) {
                throw new AssertionError(e);
            }
            idle.add(connection);
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {
            throw new AssertionError();
        }

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {
            throw new AssertionError();
        }

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {
            throw new AssertionError();
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            throw new AssertionError();
        }
    }
}
