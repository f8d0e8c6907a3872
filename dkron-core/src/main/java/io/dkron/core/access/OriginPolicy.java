package io.dkron.core.access;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which requests may come in, seen from where a browser says they come: no page of another site may make a browser talk
 * to us, and no foreign name may resolve to us (DNS rebinding). Content types cannot be the guard, since plain
 * {@code curl -d} posts form-encoded bodies. Immutable, safe from any thread.
 */
public final class OriginPolicy {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%[\\w.-]+)?");

    /** What a request says of itself; {@code null} is never passed, an absent header is empty. */
    public record Request(
            String method,
            Optional<String> host,
            Optional<String> origin,
            Optional<String> fetchSite,
            Optional<String> fetchMode) {}

    /**
     * The verdict.
     *
     * @param refusal why the request is refused; empty if it is admitted
     * @param cors the origin whose pages may read the answer; empty if no such header is due
     */
    public record Decision(Optional<String> refusal, Optional<String> cors) {
        private static final Decision ADMITTED = new Decision(Optional.empty(), Optional.empty());

        public boolean admitted() {
            return refusal.isEmpty();
        }

        private static Decision refused(String why) {
            return new Decision(Optional.of(why), Optional.empty());
        }
    }

    private final Set<String> hosts;
    private final Set<String> origins;

    /**
     * @param hosts names allowed in {@code Host} besides IP literals and {@code localhost}: the node's, those bound or
     *     advertised, and the setting {@code http-hosts}
     * @param origins those whose pages may call the API, as {@code https://host[:port]}: {@code http-cors-origins}
     */
    public OriginPolicy(Collection<String> hosts, Collection<String> origins) {
        this.hosts = lowerCase(hosts);
        this.origins = lowerCase(origins);
    }

    public Decision decide(Request request) {
        String host = request.host().orElse("");
        if (!host.isEmpty() && !hostAllowed(nameOf(host))) {
            return Decision.refused("Host " + printable(host) + " is not a name of this node; list it in http-hosts");
        }
        if (request.origin().isPresent()) {
            String origin = request.origin().get().toLowerCase(Locale.ROOT);
            if (origins.contains(origin)) {
                return new Decision(Optional.empty(), request.origin());
            }
            return sameOrigin(origin, host)
                    ? Decision.ADMITTED
                    : Decision.refused("requests from pages of another site are refused; list their origin in"
                            + " http-cors-origins to allow them");
        }
        String site = request.fetchSite().orElse("none").toLowerCase(Locale.ROOT);
        if (site.equals("none") || site.equals("same-origin") || isNavigation(request)) {
            return Decision.ADMITTED;
        }
        return Decision.refused("requests from pages of another site are refused");
    }

    /** Somebody follows a link to us: the page that has the link cannot read the answer. */
    private static boolean isNavigation(Request request) {
        return request.method().equals("GET") && request.fetchMode().orElse("").equalsIgnoreCase("navigate");
    }

    private boolean hostAllowed(String name) {
        return name.equals("localhost")
                || IPV4.matcher(name).matches()
                || IPV6.matcher(name).matches()
                || hosts.contains(name);
    }

    private static boolean sameOrigin(String origin, String host) {
        int scheme = origin.indexOf("://");
        if (scheme < 0 || host.isEmpty()) {
            return false; // "null": a page without an origin of its own
        }
        String port = origin.startsWith("https") ? ":443" : ":80";
        return withPort(origin.substring(scheme + 3), port).equals(withPort(host.toLowerCase(Locale.ROOT), port));
    }

    private static String withPort(String authority, String port) {
        return authority.lastIndexOf(':') > authority.lastIndexOf(']') ? authority : authority + port;
    }

    /** Lower case, without port, brackets and a final dot. */
    private static String nameOf(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) {
            int end = name.indexOf(']');
            return end < 0 ? name : name.substring(1, end);
        }
        int colon = name.lastIndexOf(':');
        String bare = colon < 0 ? name : name.substring(0, colon);
        return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
    }

    private static String printable(String host) {
        String shown = host.replaceAll("[^\\x21-\\x7e]", "?");
        return shown.length() <= 100 ? shown : shown.substring(0, 100) + "...";
    }

    private static Set<String> lowerCase(Collection<String> values) {
        return values.stream().map(v -> v.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }
}
