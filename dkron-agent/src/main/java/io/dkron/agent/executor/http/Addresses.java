package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.Secrets;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses as people write them, also with characters that should have been escaped. Stateless. */
final class Addresses {
    private static final Pattern PARTS = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(#.*)?");
    private static final Pattern HOST = Pattern.compile("(.*@)?(\\[[^\\]]*\\]|[^:\\[\\]]*)(:\\d*)?");
    private static final String UNESCAPED = "\"<>\\^`{|} ";

    private Addresses() {}

    /** @throws BadConfigException saying what is wrong with it; without the secrets in it */
    static URI parse(String text) throws BadConfigException {
        String shown = Secrets.url(text);
        Matcher parts = PARTS.matcher(text.strip());
        if (!parts.matches()) {
            throw new BadConfigException("url \"" + shown + "\" must begin with http:// or https://");
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new BadConfigException("url \"" + shown + "\": unsupported protocol scheme \"" + scheme + "\"");
        }
        Matcher authority = HOST.matcher(parts.group(2));
        if (!authority.matches() || authority.group(2).isEmpty()) {
            throw new BadConfigException("url \"" + shown + "\" has no host");
        }
        String user = authority.group(1) == null ? "" : escaped(authority.group(1));
        String port = authority.group(3) == null || authority.group(3).length() == 1 ? "" : authority.group(3);
        try {
            String rest = escaped(parts.group(3));
            URI url = new URI(scheme + "://" + user + host(authority.group(2)) + port + rest);
            if (url.getHost() == null || url.getPort() > 65_535) {
                throw new BadConfigException("url \"" + shown + "\": host \"" + authority.group(2)
                        + "\" with port is none that this HTTP client takes: letters, digits, '-' and '.' only; "
                        + "name its IP address instead, and the host in a header Host");
            }
            return url;
        } catch (URISyntaxException e) { // its message holds the whole text
            throw new BadConfigException("url \"" + shown + "\" is none: " + e.getReason());
        } catch (IllegalArgumentException e) {
            throw new BadConfigException("url \"" + shown + "\": its host is no name: " + e.getMessage());
        }
    }

    private static String host(String text) {
        return text.chars().allMatch(c -> c < 128) ? text : IDN.toASCII(text);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            int c = each & 0xff;
            if (c <= ' ' || c >= 0x7f || UNESCAPED.indexOf(c) >= 0) {
                out.append('%').append(String.format(Locale.ROOT, "%02X", c));
            } else {
                out.append((char) c);
            }
        }
        return out.toString();
    }

    /** Without {@code user:password@}, which the client would not understand. */
    static URI withoutUser(URI url) {
        if (url.getRawUserInfo() == null) {
            return url;
        }
        String authority = url.getRawAuthority();
        return URI.create(url.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1)
                + (url.getRawPath() == null ? "" : url.getRawPath())
                + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()));
    }

    /** Where a redirect leads. @param location as the answer says it @throws BadConfigException if that is no address */
    static URI resolve(URI from, String location) throws BadConfigException {
        if (PARTS.matcher(location).matches()) {
            return parse(location);
        }
        String target = escaped(location);
        int fragment = target.indexOf('#');
        if (fragment >= 0) {
            target = target.substring(0, fragment);
        }
        String authority = from.getScheme() + "://" + from.getRawAuthority();
        String path = from.getRawPath() == null || from.getRawPath().isEmpty() ? "/" : from.getRawPath();
        if (target.startsWith("//")) {
            return parse(from.getScheme() + ":" + target);
        }
        if (target.isEmpty()) {
            return from;
        }
        if (target.startsWith("?")) { // URI.resolve would drop the last part of the path
            return parse(authority + path + target);
        }
        try {
            return parse(URI.create(authority + path).resolve(target).toString());
        } catch (IllegalArgumentException e) {
            throw new BadConfigException("redirect to \"" + Secrets.url(location) + "\", which is no address");
        }
    }
}
