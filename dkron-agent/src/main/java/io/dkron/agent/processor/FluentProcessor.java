package io.dkron.agent.processor;

import io.dkron.core.config.GoBool;
import io.dkron.core.execution.Execution;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.processor.Processor;
import io.dkron.core.processor.ProcessorContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Sends outputs to Fluentd or Fluent Bit, and waits until they are acknowledged: what the receiver did not take is
 * known as a failure of this execution. (The usual client sends in the background, where nobody would learn of it.)
 */
public final class FluentProcessor implements Processor {
    /** Most bytes of output in one record; receivers have bounds too. */
    private static final int PART = 256_000;

    private final UnaryOperator<String> environment;

    /** Reads this process's environment. */
    public FluentProcessor() {
        this(name -> Optional.ofNullable(System.getenv(name)).orElse(""));
    }

    /** @param environment the value of a variable, empty when it is not set */
    FluentProcessor(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "fluent";
    }

    @Override
    public List<ConfigKey> keys() {
        return List.of(
                new ConfigKey("host", false, false, "Else FLUENTBIT_HOST of the server's environment, else 127.0.0.1."),
                new ConfigKey("port", false, false, "Else FLUENTBIT_PORT, else 24224."),
                new ConfigKey("tag", false, false, "Else FLUENTBIT_TAG, else dkron."),
                new ConfigKey("ack", false, false, "false does not wait until the receiver acknowledges."));
    }

    @Override
    public Optional<String> process(ProcessorContext context) throws IOException {
        Map<String, String> config = context.config();
        String host = value(config, "host", "FLUENTBIT_HOST", "127.0.0.1");
        String port = value(config, "port", "FLUENTBIT_PORT", "24224");
        String tag = value(config, "tag", "FLUENTBIT_TAG", "dkron");
        boolean acknowledged = GoBool.parse(config.getOrDefault("ack", "true")).orElse(true);
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535 || Integer.parseInt(port) == 0) {
            throw new IOException("fluent: port must be a number from 1 to 65535, not " + port);
        }
        try (InputStream output = context.output();
                FluentConnection connection =
                        new FluentConnection(new InetSocketAddress(host, Integer.parseInt(port)))) {
            send(context.execution(), output, connection, tag, acknowledged);
        } catch (IOException e) {
            String why = Objects.requireNonNullElse(e.getMessage(), "closed the connection");
            throw new IOException("fluent: " + host + ":" + port + ": " + why, e);
        }
        return Optional.of("Output sent to Fluent");
    }

    private static void send(
            Execution execution, InputStream output, FluentConnection connection, String tag, boolean acknowledged)
            throws IOException {
        Parts parts = new Parts(output);
        int number = 0;
        do {
            String message = parts.next();
            number++;
            Map<String, String> entries = new LinkedHashMap<>();
            entries.put("host", execution.node());
            entries.put("job_name", execution.job().value());
            entries.put("message", message);
            entries.put("execution", execution.id().toString());
            entries.put("state", execution.state().text());
            if (number > 1 || parts.more()) {
                entries.put("part", Integer.toString(number));
            }
            connection.send(tag, execution.finishedAt().orElseThrow(), entries, acknowledged);
        } while (parts.more());
    }

    private String value(Map<String, String> config, String key, String variable, String otherwise) {
        String own = config.getOrDefault(key, "").strip();
        String set = own.isEmpty() ? environment.apply(variable).strip() : own;
        return set.isEmpty() ? otherwise : set;
    }

    /** An output in parts that a record can hold, cut at ends of lines where there are any. */
    private static final class Parts {
        private final InputStream in;
        private final byte[] bytes = new byte[PART];
        private int length;

        private Parts(InputStream in) {
            this.in = in;
        }

        private String next() throws IOException {
            length += in.readNBytes(bytes, length, PART - length);
            int end = length < PART ? length : cut();
            String text = new String(bytes, 0, end, StandardCharsets.UTF_8);
            System.arraycopy(bytes, end, bytes, 0, length - end);
            length -= end;
            if (length == 0) { // looks whether more follows
                length = in.readNBytes(bytes, 0, 1);
            }
            return text;
        }

        private boolean more() {
            return length > 0;
        }

        private int cut() {
            for (int i = PART; i > PART / 2; i--) {
                if (bytes[i - 1] == '\n') {
                    return i;
                }
            }
            return Characters.whole(bytes, PART);
        }
    }
}
