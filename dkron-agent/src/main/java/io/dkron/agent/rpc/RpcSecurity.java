package io.dkron.agent.rpc;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How nodes know each other by RPC: what this one shows, and what it asks of others.
 *
 * @param tls clear when there is none
 * @param token shown with each call and asked of each call; nothing is asked when there is none
 */
public record RpcSecurity(Optional<TlsFiles> tls, Optional<String> token) {
    /** Clear, and everybody is answered. */
    public static final RpcSecurity NONE = new RpcSecurity(Optional.empty(), Optional.empty());

    /** Parts the token from everything else that is derived of the same key. */
    private static final String LABEL = "dkron rpc token 1";

    public RpcSecurity {
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(token, "token");
    }

    /**
     * Of a node: TLS with {@code cert-file}, a token with {@code encrypt}.
     *
     * @throws java.io.UncheckedIOException when a file cannot be used
     */
    public static RpcSecurity from(Settings settings) {
        Optional<TlsFiles> tls = settings.path(Setting.CERT_FILE)
                .map(certificate -> TlsFiles.read(new TlsFiles.Paths(
                        Optional.of(certificate),
                        settings.path(Setting.KEY_FILE),
                        settings.path(Setting.TRUSTED_CA_FILE),
                        settings.bool(Setting.CLIENT_CERT_AUTH))));
        return of(tls, settings.string(Setting.ENCRYPT));
    }

    /** @param encrypt the cluster's key in base64; empty for none */
    public static RpcSecurity of(Optional<TlsFiles> tls, String encrypt) {
        return new RpcSecurity(tls, encrypt.isEmpty() ? Optional.empty() : Optional.of(token(encrypt)));
    }

    /** Reads the files again. @return what is wrong with them; empty when they are in use, or there are none */
    public Optional<String> reload() {
        return tls.flatMap(TlsFiles::reload);
    }

    /** One way: who sees the token does not learn the key of gossip and Raft. */
    private static String token(String encrypt) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(encrypt), "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(LABEL.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256", e);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "RpcSecurity[tls=" + tls.isPresent() + ", token=" + (token.isPresent() ? "***" : "none") + "]";
    }
}
