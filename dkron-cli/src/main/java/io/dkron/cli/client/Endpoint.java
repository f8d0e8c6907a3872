package io.dkron.cli.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/**
 * Where an API is, and what it is shown.
 *
 * @param base address without a slash at its end
 * @param authorization value of the header {@code Authorization}; never printed
 * @param tls what makes connections to an {@code https} address; the JDK's own when empty
 */
public record Endpoint(URI base, Optional<String> authorization, Optional<SSLSocketFactory> tls) {
    private static final int PORT = 8080;

    /** An API that asks for no credentials. */
    public static Endpoint open(URI base) {
        return new Endpoint(base, Optional.empty(), Optional.empty());
    }

    /**
     * Reads an address as people write it: {@code http://host:8080}, {@code host:8080}, {@code host}, {@code :8080}.
     *
     * @throws IllegalArgumentException saying what an address looks like
     */
    public static URI address(String text) {
        String whole = text.contains("://") ? text : "http://" + (text.startsWith(":") ? "127.0.0.1" + text : text);
        try {
            URI uri = new URI(whole);
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (!web || uri.getHost() == null || uri.getRawQuery() != null || uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException(wrong(text));
            }
            int port = uri.getPort() < 0 && !text.contains("://") ? PORT : uri.getPort();
            String path = uri.getRawPath().replaceFirst("/+$", "");
            return URI.create(scheme + "://" + uri.getHost() + (port < 0 ? "" : ":" + port) + path);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(wrong(text), e);
        }
    }

    private static String wrong(String text) {
        return "must be an address such as http://127.0.0.1:8080, not \"" + text.replaceFirst("//[^/@]*@", "//…@")
                + "\"";
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
