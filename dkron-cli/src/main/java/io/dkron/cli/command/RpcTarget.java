package io.dkron.cli.command;

import io.dkron.agent.gossip.Interfaces;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcSecurity;
import io.dkron.agent.rpc.TlsFiles;
import io.dkron.core.config.AddressTemplate;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.NetAddress;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The node that a command asks by RPC: the flags that say which, and the call itself. */
final class RpcTarget {
    private static final int PORT = 6868;
    private static final String WRONG_KEY = "--encrypt: must be 16, 24 or 32 bytes in base64";
    private static final int CONNECT_MS = 2_000;

    @Option(
            names = "--rpc-addr",
            paramLabel = "<address>",
            description =
                    "the node's RPC address, templates allowed (default 127.0.0.1:6868, then the private address)")
    private String address = "";

    @Option(
            names = "--encrypt",
            paramLabel = "<key>",
            description =
                    "the cluster's key, as on its nodes; better in the variable DKRON_ENCRYPT, since others see flags")
    private String encrypt = "";

    @Option(
            names = "--trusted-ca-file",
            paramLabel = "<path>",
            description = "authorities of the nodes' certificates; RPC by TLS (or DKRON_TRUSTED_CA_FILE)")
    private String trusted = "";

    @Option(
            names = "--cert-file",
            paramLabel = "<path>",
            description = "certificate to show, where nodes ask for one (or DKRON_CERT_FILE)")
    private String certificate = "";

    @Option(names = "--key-file", paramLabel = "<path>", description = "the certificate's key (or DKRON_KEY_FILE)")
    private String key = "";

    /** A call on a connection. Says what came of it, and answers the exit code. */
    @FunctionalInterface
    interface Asking {
        /** @throws StatusRuntimeException as the call did */
        int ask(Channel channel, HostPort node);
    }

    /** Asks the first of the addresses where somebody listens; answers the exit code. */
    int ask(CommandSpec spec, Asking asking) {
        PrintWriter err = spec.commandLine().getErr();
        List<String> silent = new ArrayList<>();
        try (RpcClients clients = new RpcClients(ForkJoinPool.commonPool(), security(spec))) {
            for (HostPort node : addresses(spec)) {
                InetSocketAddress socket = new InetSocketAddress(node.host(), node.port());
                if (listens(socket)) {
                    return asked(err, asking, clients.channel(socket), node);
                }
                silent.add(node.toString());
            }
        }
        err.println("dkron: nobody answers at " + String.join(" or ", silent)
                + "; is a node running there? --rpc-addr names another");
        return 1;
    }

    /** What the call shows, from the flags, else from the environment; wrong files and keys are told by their flag. */
    private RpcSecurity security(CommandSpec spec) {
        Optional<Path> ca = file(trusted, "DKRON_TRUSTED_CA_FILE");
        Optional<Path> shown = file(certificate, "DKRON_CERT_FILE");
        try {
            Optional<TlsFiles> tls = ca.isPresent() || shown.isPresent()
                    ? Optional.of(TlsFiles.read(new TlsFiles.Paths(shown, file(key, "DKRON_KEY_FILE"), ca, false)))
                    : Optional.empty();
            return RpcSecurity.of(tls, clusterKey(spec));
        } catch (UncheckedIOException | IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private String clusterKey(CommandSpec spec) {
        String given = given(encrypt, "DKRON_ENCRYPT").orElse("");
        try {
            int bytes = Base64.getDecoder().decode(given).length;
            if (bytes == 0 || bytes == 16 || bytes == 24 || bytes == 32) {
                return given;
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), WRONG_KEY, e);
        }
        throw new ParameterException(spec.commandLine(), WRONG_KEY);
    }

    private static Optional<Path> file(String flag, String variable) {
        return given(flag, variable).map(Path::of);
    }

    private static Optional<String> given(String flag, String variable) {
        return Optional.of(flag).filter(f -> !f.isEmpty()).or(() -> Optional.ofNullable(System.getenv(variable)));
    }

    private List<HostPort> addresses(CommandSpec spec) {
        List<NetAddress> machine = Interfaces.ofThisMachine();
        if (!address.isEmpty()) {
            return List.of(address(spec, address, machine));
        }
        return List.of(new HostPort("127.0.0.1", PORT), address(spec, "{{ GetPrivateIP }}:" + PORT, machine)).stream()
                .distinct()
                .toList();
    }

    private static HostPort address(CommandSpec spec, String text, List<NetAddress> machine) {
        String filled;
        try {
            filled = AddressTemplate.fill(text, machine, warning -> {});
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--rpc-addr: " + e.getMessage(), e);
        }
        return HostPort.parse(filled, PORT)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--rpc-addr: must be host:port, not \"" + text + "\""));
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false; // refused, filtered, or no such name: the caller names the address
        }
    }

    private static int asked(PrintWriter err, Asking asking, Channel channel, HostPort node) {
        try {
            return asking.ask(channel, node);
        } catch (StatusRuntimeException e) {
            err.println("dkron: the node at " + node + " " + reason(e.getStatus()));
            return 1;
        }
    }

    private static String reason(Status status) {
        String detail = status.getDescription() == null
                ? ""
                : ": " + status.getDescription().lines().findFirst().orElse("");
        return switch (status.getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                "refuses the call" + detail + "; --encrypt gives the cluster's key";
            case UNIMPLEMENTED -> "does not know this call: it is no server, or an older one";
            case DEADLINE_EXCEEDED -> "did not answer in time";
            case UNAVAILABLE -> "does not speak with us" + detail + "; does it need TLS (--trusted-ca-file)?";
            default -> "failed" + detail;
        };
    }
}
