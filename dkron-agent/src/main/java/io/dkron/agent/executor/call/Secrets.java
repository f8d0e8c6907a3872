package io.dkron.agent.executor.call;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes texts fit for logs, messages and debug output. Stateless. */
public final class Secrets {
    /** In place of a secret. */
    public static final String MASK = "***";

    private static final Pattern USER = Pattern.compile("(?<=//)[^/?#]*@");
    private static final Pattern PARAMETER = Pattern.compile(
            "(?<=[?&;])([^=&;#]*(?:token|key|secret|pass|pwd|auth|sig|credential|session|code)[^=&;#]*)=[^&;#]*",
            Pattern.CASE_INSENSITIVE);
    /** Any other header may carry a token, whatever its name. */
    private static final Set<String> HARMLESS = Set.of(
            "accept",
            "accept-charset",
            "accept-encoding",
            "accept-language",
            "cache-control",
            "connection",
            "content-encoding",
            "content-language",
            "content-length",
            "content-type",
            "date",
            "expect",
            "host",
            "if-modified-since",
            "if-unmodified-since",
            "origin",
            "pragma",
            "range",
            "user-agent");

    private Secrets() {}

    /** An address without user, password and the values of parameters whose names speak of secrets. */
    public static String url(String url) {
        String withoutUser = USER.matcher(url).replaceAll(MASK + "@");
        return PARAMETER.matcher(withoutUser).replaceAll("$1=" + MASK);
    }

    /** A header's value if everybody may see it. */
    public static String header(String name, String value) {
        return HARMLESS.contains(name.toLowerCase(Locale.ROOT)) ? value : MASK;
    }
}
