package io.dkron.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dkron.tests.support.Api;
import io.dkron.tests.support.DkronProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full and a store file that is broken: said clearly, and nothing of before is lost. */
class StoreFaultsIT {
    @TempDir
    Path base;

    @Tag("F76")
    @Test
    void p6AFullDiskRefusesWritesUntilThereIsSpaceAndARestart() throws Exception {
        Path disk = Files.createDirectory(base.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.toString()) == 0, "needs mount");
        try (DkronProcess server =
                DkronProcess.in(base).with("--data-dir=" + disk.resolve("data")).start()) {
            Api api = server.api();
            api.save(Api.base("before"));
            Path filler = disk.resolve("filler");
            run("sh", "-c", "cat /dev/zero > " + filler + " 2>/dev/null; true");

            String big = Api.base("big").put("owner", "x".repeat(500_000)).toString();
            await("writes to be refused").atMost(Duration.ofSeconds(30)).until(() -> {
                Api.Answer answer = api.post("/v1/jobs", big);
                return answer.status() == 503
                        && answer.json().path("type").asText().equals("urn:dkron:problem:store-unavailable");
            });
            assertThat(api.get("/v1/jobs/before").status()).isEqualTo(200);
            assertThat(api.get("/health").status()).isEqualTo(200);
            assertThat(api.get("/health/ready").status()).isEqualTo(503);
            assertThat(server.alive()).isTrue();

            Files.delete(filler);
            server.kill();
            server.start();
            server.api().save(Api.base("after"));
            assertThat(server.api().get("/v1/jobs/before").status()).isEqualTo(200);
            assertThat(server.api().get("/v1/jobs/after").status()).isEqualTo(200);
        } finally {
            run("umount", disk.toString());
        }
    }

    @Test
    void aCorruptStoreFileIsNamedAndLeftAsItIs() throws IOException {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            server.api().save(Api.base("kept"));
            server.terminate();
            Path file = server.data().resolve("store/dkron.store");
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                byte[] noise = new byte[(int) bytes.length()];
                java.util.Arrays.fill(noise, (byte) 0x5a);
                bytes.write(noise);
            }
            byte[] broken = Files.readAllBytes(file);
            server.launch();
            await("the server to say what is wrong")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> server.printed().contains(file + ": damaged"));
            await("the server to answer that it is not ready")
                    .atMost(Duration.ofMinutes(1))
                    .ignoreExceptions() // it may not listen yet
                    .until(() -> server.api().get("/health/ready").status() == 503);
            assertThat(Files.readAllBytes(file)).isEqualTo(broken);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
