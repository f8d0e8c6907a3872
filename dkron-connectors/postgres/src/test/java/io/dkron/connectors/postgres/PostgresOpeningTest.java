package io.dkron.connectors.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Connector;
import io.dkron.core.store.Entry;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of databases in states that are not the usual one. Each test has a database of its own. */
class PostgresOpeningTest {
    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.create();
        server.start();
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    @Test
    void isFoundByItsNames() {
        assertThat(ServiceLoader.load(Connector.class))
                .anySatisfy(
                        connector -> assertThat(connector.names()).containsExactlyInAnyOrder("postgres", "postgresql"));
    }

    @Test
    void tablesOfAnOlderVersionAreBroughtUpToDateWithTheirData() throws SQLException {
        server.execute("create database older");
        StoreRequest request = request("older");
        Schema.configuration(new Server(request).source()).target("1").load().migrate();
        try (var connection = server.connect("older")) {
            connection
                    .createStatement()
                    .execute("insert into dkron_entry values ('dkron/jobs/a', nextval('dkron_version'), 'kept')");
        }
        MigrationInfo[] scripts =
                Schema.configuration(new Server(request).source()).load().info().all();
        assertThat(scripts[scripts.length - 1].getVersion()).hasToString(Schema.NEWEST);
        try (StoreClient store = new PostgresConnector().open(request)) {
            Entry kept = store.get("dkron/jobs/a").orElseThrow();
            assertThat(kept.value()).isEqualTo("kept".getBytes(UTF_8));
            assertThat(kept.version()).isEqualTo(1);
            assertThat(store.commit(new Batch().expect("dkron/jobs/a", 1).put("dkron/jobs/a", new byte[] {1})))
                    .isInstanceOf(CommitResult.Committed.class);
        }
    }

    @Test
    void tablesOfOthersInTheSameSchemaAreLeftAlone() throws SQLException {
        server.execute("create database shared");
        try (var connection = server.connect("shared")) {
            connection.createStatement().execute("create table customers (id int)");
        }
        try (StoreClient store = new PostgresConnector().open(request("shared"))) {
            assertThat(store.health().up()).isTrue();
        }
        try (var connection = server.connect("shared")) {
            connection.createStatement().execute("insert into customers values (1)");
        }
    }

    @Test
    void serversThatOpenAnEmptyDatabaseAtTheSameTimeAllSucceed() throws Exception {
        server.execute("create database fresh");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<StoreClient>> opened = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                opened.add(threads.submit(() -> new PostgresConnector().open(request("fresh"))));
            }
            for (Future<StoreClient> one : opened) {
                try (StoreClient store = one.get(60, TimeUnit.SECONDS)) {
                    assertThat(store.commit(new Batch().put("a", new byte[0])))
                            .isInstanceOf(CommitResult.Committed.class);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aDatabaseThatIsReadOnlyFailsCommitsAndSaysSo() throws SQLException {
        server.execute("create database readonly");
        try (StoreClient store = new PostgresConnector().open(request("readonly"))) {
            store.commit(new Batch().put("a", new byte[] {1}));
            server.execute("alter database readonly set default_transaction_read_only = on");
            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'readonly'");
            assertThat(store.get("a"))
                    .as("read after the connections were ended")
                    .isPresent();
            assertThat(store.commit(new Batch().put("a", new byte[] {2})))
                    .isInstanceOfSatisfying(
                            CommitResult.Failed.class,
                            failed -> assertThat(failed.reason()).contains("read-only"));
            assertThat(store.health().up()).isFalse();
            assertThat(store.health().detail()).contains("read-only", server.machine());
            assertThat(store.get("a").orElseThrow().value()).containsExactly(1);
        }
    }

    /** The server's own answer to a full disk, raised by a trigger in its place. */
    @Test
    void aFullDiskFailsTheCommitAndReadsGoOn() throws SQLException {
        server.execute("create database full_disk");
        try (StoreClient store = new PostgresConnector().open(request("full_disk"))) {
            store.commit(new Batch().put("a", new byte[] {1}));
            try (var connection = server.connect("full_disk")) {
                connection
                        .createStatement()
                        .execute("create function full_disk() returns trigger language plpgsql as $$ begin"
                                + " raise exception 'could not extend file: No space left on device'"
                                + " using errcode = 'disk_full'; end $$");
                connection
                        .createStatement()
                        .execute("create trigger full_disk before insert on dkron_entry execute function full_disk()");
            }
            assertThat(store.commit(new Batch().put("a", new byte[] {2}).put("b", new byte[] {2})))
                    .isInstanceOfSatisfying(
                            CommitResult.Failed.class,
                            failed -> assertThat(failed.reason())
                                    .contains("disk of the database is full", "No space left"));
            assertThat(store.get("a").orElseThrow().value()).containsExactly(1);
            try (var connection = server.connect("full_disk")) {
                connection.createStatement().execute("drop trigger full_disk on dkron_entry");
            }
            assertThat(store.commit(new Batch().put("b", new byte[] {2}))).isInstanceOf(CommitResult.Committed.class);
        }
    }

    @Test
    void aUserWithoutRightsIsToldWhichAreMissing() throws SQLException {
        server.execute("create database foreign_tables");
        new PostgresConnector().open(request("foreign_tables")).close();
        server.execute("create role reader login");
        try (var connection = server.connect("foreign_tables")) {
            connection.createStatement().execute("grant select on all tables in schema public to reader");
        }
        StoreRequest request = PostgresStoreFaultTest.request(
                List.of(server.machine() + "/foreign_tables"), "dkron", "reader", "", Duration.ofSeconds(10));
        try (StoreClient store = new PostgresConnector().open(request)) {
            assertThat(store.get("a")).isEmpty();
            assertThat(store.commit(new Batch().put("a", new byte[0])))
                    .isInstanceOfSatisfying(
                            CommitResult.Failed.class,
                            failed -> assertThat(failed.reason()).contains("lacks a right"));
        }
    }

    @Test
    void aDatabaseThatDoesNotExistOrHasAnotherEncodingIsNotOpened() throws SQLException {
        assertThatThrownBy(() -> new PostgresConnector().open(request("nowhere")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(server.machine())
                .hasMessageContaining("createdb");
        server.execute("create database ascii encoding 'SQL_ASCII' template template0");
        assertThatThrownBy(() -> new PostgresConnector().open(request("ascii")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("SQL_ASCII")
                .hasMessageContaining("UTF8");
    }

    @Test
    void machinesOfAnotherFormAreNamed() {
        assertThatThrownBy(() -> Machines.parse(List.of("db.example.org:port/dkron")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("host:port/database");
        assertThatThrownBy(() -> Machines.parse(List.of("a/one", "b/two"))).hasMessageContaining("one and two");
        assertThat(Machines.parse(List.of())).hasToString("postgresql://127.0.0.1:5432/dkron");
        assertThat(Machines.parse(List.of("postgres://a:1/jobs", "[::1]:2", "c")))
                .hasToString("postgresql://a:1,[::1]:2,c:5432/jobs");
    }

    /** The caller's loader knows nothing of this module. */
    @Test
    void theCallersContextClassLoaderDoesNotMatterAndStays() throws SQLException {
        server.execute("create database loaders");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try (StoreClient store = new PostgresConnector().open(request("loaders"))) {
            store.commit(new Batch().put("a", new byte[0]));
            assertThat(store.list("", "", 1).entries()).hasSize(1);
            assertThat(thread.getContextClassLoader()).isEqualTo(ClassLoader.getPlatformClassLoader());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static StoreRequest request(String database) {
        return PostgresStoreFaultTest.request(
                List.of(server.machine() + "/" + database), "dkron", "dkron", "", Duration.ofSeconds(10));
    }
}
