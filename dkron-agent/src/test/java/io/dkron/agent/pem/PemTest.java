package io.dkron.agent.pem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as openssl writes them, in all its forms. */
class PemTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"prime256v1", "secp384r1", "secp521r1"})
    void aKeyOfACurveIsTheSameInBothForms(String curve) throws Exception {
        Path fresh = directory.resolve("new.pem");
        Path old = directory.resolve("old.pem");
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-out", fresh.toString());
        openssl("ec", "-in", fresh.toString(), "-out", old.toString());
        assertThat(Files.readString(old)).contains("BEGIN EC PRIVATE KEY");
        ECPrivateKey known = (ECPrivateKey) Pem.key(fresh);
        ECPrivateKey read = (ECPrivateKey) Pem.key(old);
        assertThat(read.getS()).isEqualTo(known.getS());
        assertThat(read.getParams().getCurve()).isEqualTo(known.getParams().getCurve());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1024", "2048"})
    void anRsaKeyIsTheSameInBothForms(String bits) throws Exception {
        Path fresh = directory.resolve("new.pem");
        Path old = directory.resolve("old.pem");
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + bits, "-out", fresh.toString());
        openssl("rsa", "-traditional", "-in", fresh.toString(), "-out", old.toString());
        assertThat(Files.readString(old)).contains("BEGIN RSA PRIVATE KEY");
        assertThat(Pem.key(old)).isEqualTo(Pem.key(fresh));
    }

    @Test
    void whatIsNoKeyIsRefusedWithoutShowingIt() throws Exception {
        Path file = directory.resolve("key.pem");
        Files.writeString(file, "-----BEGIN EC PRIVATE KEY-----\nMAkCAQEEBHNlY3I=\n-----END EC PRIVATE KEY-----\n");
        assertThatThrownBy(() -> Pem.key(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": holds \"EC PRIVATE KEY\", ")
                .hasMessageContaining("openssl pkcs8 -topk8")
                .hasMessageNotContaining("c2VjcmV0");
        Files.writeString(file, "-----BEGIN RSA PRIVATE KEY-----\nMAkCAQEEBHNlY3I=\n-----END RSA PRIVATE KEY-----\n");
        assertThatThrownBy(() -> Pem.key(file))
                .hasMessageStartingWith(file + ": holds a private key of an unknown kind");
        Files.writeString(file, "nothing");
        assertThatThrownBy(() -> Pem.key(file)).hasMessageStartingWith(file + ": holds no private key in PEM form");
    }

    private static void openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).describedAs(said).isZero();
    }
}
