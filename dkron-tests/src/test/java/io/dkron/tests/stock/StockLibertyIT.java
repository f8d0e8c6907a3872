package io.dkron.tests.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.tests.support.Api;
import io.dkron.tests.support.Distribution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Enumeration;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any Jakarta EE server's way: EAR and server.xml in a user directory, settings by the environment, {@code server run}. */
class StockLibertyIT {
    @TempDir
    Path folder;

    private final int port = Distribution.freePort();
    private final Api api = new Api("http://127.0.0.1:" + port);
    private Process process;

    @AfterEach
    void stop() throws InterruptedException {
        if (process == null) {
            return;
        }
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void aJobRunsWithSettingsFromTheEnvironment() throws Exception {
        start();
        await("readiness; its log: " + folder.resolve("console.log"))
                .atMost(Duration.ofSeconds(120))
                .ignoreExceptions()
                .failFast("the server ended: " + folder.resolve("console.log"), () -> !process.isAlive())
                .until(() -> api.get("/health/ready").status() == 200);

        assertThat(api.get("/health").text()).contains("\"status\":\"healthy\"");
        assertThat(api.get("/v1").json().path("agent").path("name").asText()).isEqualTo("stock1");
        assertThat(api.get("/metrics").status())
                .as("DKRON_ENABLE_PROMETHEUS=false")
                .isEqualTo(404);
        assertThat(api.get("/ui/").text()).contains("<title");

        String job = "{\"name\":\"stock\",\"schedule\":\"@manually\",\"executor\":\"shell\","
                + "\"executor_config\":{\"command\":\"echo on a stock server\",\"shell\":\"true\"}}";
        assertThat(api.post("/v1/jobs", job).status()).isEqualTo(201);
        assertThat(api.post("/v1/jobs/stock/run").status()).isBetween(200, 202);
        await("the run's result")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                api.executions("stock").path(0).path("output").asText())
                        .contains("on a stock server"));
        assertThat(folder.resolve("data")).isDirectory();
    }

    private void start() throws IOException {
        Path server = Files.createDirectories(folder.resolve("usr/servers/dkron/apps"));
        Files.copy(Distribution.root().resolve("server.xml"), server.resolveSibling("server.xml"));
        Files.copy(Distribution.root().resolve("dkron-ear/target/dkron.ear"), server.resolve("dkron.ear"));
        ProcessBuilder builder = new ProcessBuilder(
                        stock().resolve("bin/server").toString(), "run", "dkron")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("console.log").toFile());
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("DKRON_"));
        environment.put("WLP_USER_DIR", folder.resolve("usr").toString());
        environment.put("DKRON_SERVER", "true");
        environment.put("DKRON_NODE_NAME", "stock1");
        environment.put("DKRON_HTTP_HOST", "127.0.0.1");
        environment.put("DKRON_HTTP_PORT", String.valueOf(port));
        environment.put("DKRON_RPC_PORT", String.valueOf(Distribution.freePort()));
        environment.put("DKRON_DATA_DIR", folder.resolve("data").toString());
        environment.put("DKRON_ENABLE_PROMETHEUS", "false");
        process = builder.start();
    }

    /** The runtime as Maven Central has it, unpacked once for all runs of the tests. */
    private static Path stock() throws IOException {
        Path zip = Path.of(System.getProperty("dkron.stock.zip"));
        Path folder = Path.of("target", "stock-" + zip.getFileName()).toAbsolutePath();
        if (!Files.isDirectory(folder)) {
            Path part = Files.createTempDirectory(Files.createDirectories(folder.getParent()), "stock");
            unpack(zip, part);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return folder.resolve("wlp");
    }

    private static void unpack(Path zip, Path folder) throws IOException {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("outside of the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                try (InputStream in = file.getInputStream(entry)) {
                    Files.copy(in, target);
                }
                if (target.getParent().endsWith("bin")) {
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }
}
