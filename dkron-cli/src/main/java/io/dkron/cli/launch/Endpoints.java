package io.dkron.cli.launch;

import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where HTTP listens, as variables of server.xml. */
final class Endpoints {
    /** An address cannot be listened on; says which and why. */
    static final class Taken extends Exception {
        private static final long serialVersionUID = 1L;

        Taken(String message) {
            super(message);
        }
    }

    private final HostPort shown;
    private final Map<String, String> variables = new HashMap<>();

    private Endpoints(String host, int port, boolean second) {
        shown = new HostPort(host.equals("*") ? "0.0.0.0" : host, port);
        variables.put("dkron.http.host", host);
        variables.put("dkron.http.port", String.valueOf(port));
        variables.put("dkron.http.loopback6", String.valueOf(second));
    }

    /**
     * Tries the addresses before Liberty does: a port that is taken then is a clear error and no half-started server.
     * Port 0 becomes a free one.
     */
    static Endpoints of(Settings settings) throws Taken {
        HostPort address = settings.httpAddress();
        List<String> hosts = settings.httpAccess().hosts(address);
        int port = bind(hosts.get(0), address.port());
        boolean second = hosts.size() > 1 && bindable(hosts.get(1), port);
        return new Endpoints(hosts.get(0), port, second);
    }

    HostPort shown() {
        return shown;
    }

    Map<String, String> variables() {
        return variables;
    }

    private static int bind(String host, int port) throws Taken {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    host.equals("*")
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(host), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new Taken(Setting.HTTP_ADDR.flag() + " " + new HostPort(host, port) + ": cannot listen: "
                    + e.getMessage() + "; stop what uses it or choose another");
        }
    }

    /** Whether this machine has the address, and the port is free there. */
    private static boolean bindable(String host, int port) {
        try {
            return bind(host, port) == port;
        } catch (Taken e) {
            return false;
        }
    }
}
