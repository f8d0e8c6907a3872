package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreRequest.Tls;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

class ZooKeeperSecurityTest {
    @Test
    void itSpeaksTlsWithACertificateOfItsOwnAndTrustsItsCaAlone() throws Exception {
        try (ZooKeeperServer server = secured()) {
            server.start();
            Tls tls = new Tls(true, file("ca.pem"), file("node.pem"), file("node.key"));
            try (ZooKeeperStore store = ZooKeeperStore.open(request(server, "", "", tls, 30))) {
                assertThat(store.commit(put())).isInstanceOf(CommitResult.Committed.class);
                assertThat(store.get("dkron/jobs/a")).isPresent();
                assertThat(joined())
                        .hasSize(1)
                        .allSatisfy(file ->
                                assertThat(Files.getPosixFilePermissions(file)).hasSize(2));
            }
            assertThat(joined()).as("certificate and key, joined").isEmpty();
            Tls other = new Tls(true, file("other-ca.pem"), file("node.pem"), file("node.key"));
            try (ZooKeeperStore store = ZooKeeperStore.open(request(server, "", "", other, 3))) {
                assertThatThrownBy(() -> store.get("dkron/jobs/a"))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("backend-tls");
            }
            Tls anonymous = new Tls(true, file("ca.pem"), "", "");
            try (ZooKeeperStore store = ZooKeeperStore.open(request(server, "", "", anonymous, 3))) {
                assertThat(store.commit(put())).isInstanceOf(CommitResult.Failed.class);
            }
        }
        assertThat(System.getProperties().stringPropertyNames())
                .as("settings that all clients of the process would share")
                .noneMatch(name -> name.startsWith("zookeeper."));
    }

    @Test
    void aTlsFileThatIsMissingIsNamed() {
        StoreRequest request = new StoreRequest(
                "zk",
                List.of(),
                "dkron",
                "",
                "",
                new Tls(true, "/none.pem", "", ""),
                "",
                "",
                "",
                true,
                Duration.ofSeconds(1));
        assertThatThrownBy(() -> ZooKeeperStore.open(request))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/none.pem");
    }

    @Test
    void withAUserNodesAreThatUsersAloneElseEverybodys() throws Exception {
        try (ZooKeeperServer server = ZooKeeperServer.plain()) {
            server.start();
            try (ZooKeeperStore everybody = ZooKeeperStore.open(request(server, "", "", Tls.OFF, 15));
                    ZooKeeperStore user = ZooKeeperStore.open(request(server, "dkron", "secret", Tls.OFF, 15));
                    Raw raw = new Raw(server.machine())) {
                everybody.commit(put());
                assertThat(raw.zookeeper().getACL("/dkron/jobs/a", new Stat())).isEqualTo(ZooDefs.Ids.OPEN_ACL_UNSAFE);
                assertThat(user.commit(new Batch().put("dkron/jobs/b", new byte[] {2})))
                        .isInstanceOf(CommitResult.Committed.class);
                raw.zookeeper().addAuthInfo("digest", "dkron:secret".getBytes(UTF_8));
                List<ACL> acl = raw.zookeeper().getACL("/dkron/jobs/b", new Stat());
                assertThat(acl).singleElement().satisfies(one -> {
                    assertThat(one.getId().getScheme()).isEqualTo("digest");
                    assertThat(one.getId().getId()).startsWith("dkron:").doesNotContain("secret");
                });
                assertThatThrownBy(() -> everybody.get("dkron/jobs/b"))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("/dkron/jobs/b belongs to other credentials");
                assertThat(everybody.commit(new Batch().put("dkron/jobs/b", new byte[] {3})))
                        .isInstanceOf(CommitResult.Failed.class);
            }
        }
    }

    private static ZooKeeperServer secured() throws URISyntaxException {
        return new ZooKeeperServer(
                "zookeeper-tls",
                false,
                String.join(
                        "\n",
                        "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                        "ssl.clientAuth=need",
                        "ssl.keyStore.location=" + file("both.pem"),
                        "ssl.trustStore.location=" + file("ca.pem")));
    }

    private static Batch put() {
        return new Batch().put("dkron/jobs/a", "x".getBytes(UTF_8));
    }

    private static StoreRequest request(ZooKeeperServer server, String user, String password, Tls tls, int seconds) {
        return new StoreRequest(
                "zk",
                List.of(server.machine()),
                "dkron",
                user,
                password,
                tls,
                "",
                "",
                "",
                true,
                Duration.ofSeconds(seconds));
    }

    private static List<Path> joined() throws Exception {
        long begun = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().matches("dkron-zookeeper-.*\\.pem"))
                    .filter(file -> file.toFile().lastModified() >= begun)
                    .toList();
        }
    }

    private static String file(String name) throws URISyntaxException {
        return Path.of(ZooKeeperSecurityTest.class.getResource("/tls/" + name).toURI())
                .toString();
    }
}
