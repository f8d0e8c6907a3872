package io.dkron.agent.executor.http;

/**
 * What the JDK's client reads from system properties once, when its first class is loaded. The launcher sets them too: a
 * host that made a client of its own before comes too late here, and then what needs them says so.
 */
public final class ClientProperties {
    /** Headers that a job may set although the client would set them itself. */
    public static final String RESTRICTED = "jdk.httpclient.allowRestrictedHeaders";
    /** Seconds for which a connection is kept that a server left open though it was asked to close it; 1200 by default. */
    private static final String IDLE = "jdk.httpclient.keepalive.timeout";
    /** What is refused toward a proxy of {@code https}. */
    private static final String TUNNELS = "jdk.http.auth.tunneling.disabledSchemes";

    private ClientProperties() {}

    /** Sets those that nobody has set; to be called before a client is made. */
    public static void set() {
        if (System.getProperty(RESTRICTED) == null) {
            System.setProperty(RESTRICTED, "host,connection");
        }
        if (System.getProperty(IDLE) == null) {
            System.setProperty(IDLE, "1");
        }
        if (System.getProperty(TUNNELS) == null) {
            System.setProperty(TUNNELS, ""); // by default not Basic, which is what user:password in HTTPS_PROXY means
        }
    }
}
