package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.core.job.HeaderLines.Header;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One request of a run: the first, or one that an answer led to.
 *
 * @param redirects how many led here
 */
record HttpStep(URI url, String method, byte[] body, List<Header> headers, int redirects) {
    /** How many redirects are followed. */
    static final int MOST = 10;

    private static final Set<String> FOR_ONE_HOST =
            Set.of("authorization", "cookie", "cookie2", "www-authenticate", "proxy-authorization");
    private static final Set<String> OF_THE_BODY = Set.of("content-type", "content-encoding", "content-language");

    static HttpStep first(HttpJob job) {
        return new HttpStep(job.url(), job.method(), job.body(), job.headers(), 0);
    }

    /**
     * What follows from an answer; empty if it is the run's.
     *
     * @param location the answer's header
     * @throws BadConfigException if it leads nowhere, or in a circle
     */
    Optional<HttpStep> after(int status, Optional<String> location) throws BadConfigException {
        boolean again = status == 307 || status == 308;
        boolean other = status >= 301 && status <= 303;
        if (!again && !other || location.filter(l -> !l.isBlank()).isEmpty()) {
            return Optional.empty();
        }
        if (redirects == MOST) {
            throw new BadConfigException("stopped after " + MOST + " redirects");
        }
        URI target = Addresses.withoutUser(Addresses.resolve(url, location.get().strip()));
        boolean same = again || method.equals("GET") || method.equals("HEAD");
        Stream<Header> kept = headers.stream();
        if (!same) {
            kept = kept.filter(h -> !is(h, OF_THE_BODY));
        }
        boolean sameHost = Objects.equals(url.getHost(), target.getHost());
        if (!sameHost || url.getScheme().equals("https") && target.getScheme().equals("http")) {
            kept = kept.filter(h -> !is(h, FOR_ONE_HOST));
        }
        if (!sameHost || url.getPort() != target.getPort()) {
            kept = kept.filter(h -> !h.name().equalsIgnoreCase("Host"));
        }
        return Optional.of(
                new HttpStep(target, same ? method : "GET", same ? body : new byte[0], kept.toList(), redirects + 1));
    }

    private static boolean is(Header header, Set<String> names) {
        return names.contains(header.name().toLowerCase(Locale.ROOT));
    }
}
