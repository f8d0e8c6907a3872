package io.dkron.connectors.backends;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.elsewhere.NamingConnector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendsTest {
    @TempDir
    Path folder;

    private final Map<String, byte[]> files = new HashMap<>();
    private Backends backends;

    @BeforeEach
    void pack() throws IOException {
        files.put("index", "naming: naming namer\n\nabsent: absent\n".getBytes(UTF_8));
        files.put("naming.backend", zip(Map.of("naming.jar", jar(), "lib/empty.jar", zip(Map.of("a", new byte[1])))));
        backends = Backends.of(name -> files.containsKey(name) ? new ByteArrayInputStream(files.get(name)) : null);
    }

    @Test
    void aBackendIsLoadedApartAndCalledWithItsOwnLoader() {
        Connector connector = backends.load("namer", folder).orElseThrow();
        assertThat(connector.names()).containsExactlyInAnyOrder("naming", "namer");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        assertThat(health(connector)).isEqualTo("dkron-backend true");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void nothingIsUnpackedBeforeItIsAskedForAndThenOnce() throws IOException {
        assertThat(backends.names()).containsExactly("naming", "namer", "absent");
        assertThat(unpacked()).isEmpty();
        backends.load("naming", folder);
        List<Path> first = unpacked();
        assertThat(first).hasSize(1);
        Path mark = Files.createFile(first.get(0).resolve("mark"));
        backends.load("namer", folder);
        assertThat(unpacked()).isEqualTo(first);
        assertThat(mark).exists();
    }

    @Test
    void anotherVersionTakesThePlaceOfTheFirst() throws IOException {
        backends.load("naming", folder);
        List<Path> first = unpacked();
        files.put("naming.backend", zip(Map.of("naming.jar", jar())));
        assertThat(health(backends.load("naming", folder).orElseThrow())).isEqualTo("dkron-backend true");
        assertThat(unpacked()).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(backends.load("other", folder)).isEmpty();
        assertThatThrownBy(() -> backends.load("absent", folder))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("absent.backend");
        assertThat(Backends.of(name -> null).names()).isEmpty();
    }

    @Test
    void anArchiveThatLeadsOutOfItsFolderIsRefused() throws IOException {
        files.put("naming.backend", zip(Map.of("../../evil.jar", new byte[1])));
        assertThatThrownBy(() -> backends.load("naming", folder))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("leads out of it");
        assertThat(unpacked()).isEmpty();
    }

    private static String health(Connector connector) {
        return connector
                .open(StoreRequest.of("naming", List.of(), "k", Duration.ofSeconds(1)))
                .health()
                .detail();
    }

    private List<Path> unpacked() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    /** The connector's classes and its service file. */
    private static byte[] jar() throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        for (String name : List.of("io/elsewhere/NamingConnector.class", "io/elsewhere/NamingConnector$1.class")) {
            try (InputStream in = NamingConnector.class.getClassLoader().getResourceAsStream(name)) {
                entries.put(name, in.readAllBytes());
            }
        }
        entries.put(
                "META-INF/services/io.dkron.core.store.Connector",
                NamingConnector.class.getName().getBytes(UTF_8));
        return zip(entries);
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
