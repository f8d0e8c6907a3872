package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.Secrets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Proxies as the variables {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} name them, in capital or small
 * letters. This machine itself is asked without. Immutable.
 */
final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> environment;
    private final NoProxy none;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.none = NoProxy.parse(variable("NO_PROXY"));
    }

    private String variable(String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    /**
     * What goes into the header {@code Proxy-Authorization}.
     *
     * @throws BadConfigException if the variable names no proxy that can be used
     */
    Optional<String> authorization(URI target) throws BadConfigException {
        return proxy(target)
                .flatMap(proxy -> Optional.ofNullable(proxy.getUserInfo()))
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private Optional<URI> proxy(URI target) throws BadConfigException {
        String name = target.getScheme().equals("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
        String text = variable(name);
        if (text.isEmpty() || none.includes(target)) {
            return Optional.empty();
        }
        try {
            URI proxy = new URI(text.contains("://") ? text : "http://" + text);
            if (!proxy.getScheme().equals("http")) {
                throw new BadConfigException(
                        name + "=" + Secrets.url(text) + " on this node: only proxies of http:// can "
                                + "be used; add the host to NO_PROXY to ask it without");
            }
            if (proxy.getHost() != null) {
                return Optional.of(proxy);
            }
        } catch (URISyntaxException e) { // its message holds the password
            throw new BadConfigException(name + " on this node is no address: " + e.getReason());
        }
        throw new BadConfigException(name + "=" + Secrets.url(text) + " on this node names no host");
    }

    @Override
    public List<Proxy> select(URI target) {
        try {
            return List.of(proxy(target)
                    .map(proxy -> new Proxy(
                            Proxy.Type.HTTP,
                            InetSocketAddress.createUnresolved(
                                    proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort())))
                    .orElse(Proxy.NO_PROXY));
        } catch (BadConfigException e) {
            throw new IllegalStateException(e.getMessage(), e); // authorization() was asked first, and failed the run
        }
    }

    @Override
    public void connectFailed(URI target, SocketAddress proxy, IOException why) {} // the request fails, and says so
}
