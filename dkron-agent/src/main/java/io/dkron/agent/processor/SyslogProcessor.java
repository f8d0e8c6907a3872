package io.dkron.agent.processor;

import io.dkron.agent.rpc.TlsFiles;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.processor.Processor;
import io.dkron.core.processor.ProcessorContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends outputs to syslog, a message a line, at level INFO: to that of the machine, or by network. Where nobody takes
 * them the output stays as it was.
 */
public final class SyslogProcessor implements Processor {
    private static final int INFO = 6;
    private static final int MOST = 10_000;
    private static final Map<String, Integer> FACILITIES = Map.ofEntries(
            Map.entry("user", 1),
            Map.entry("mail", 2),
            Map.entry("daemon", 3),
            Map.entry("auth", 4),
            Map.entry("lpr", 6),
            Map.entry("news", 7),
            Map.entry("uucp", 8),
            Map.entry("cron", 9),
            Map.entry("authpriv", 10),
            Map.entry("ftp", 11),
            Map.entry("local0", 16),
            Map.entry("local1", 17),
            Map.entry("local2", 18),
            Map.entry("local3", 19),
            Map.entry("local4", 20),
            Map.entry("local5", 21),
            Map.entry("local6", 22),
            Map.entry("local7", 23));

    @Override
    public String name() {
        return "syslog";
    }

    @Override
    public List<ConfigKey> keys() {
        return List.of(
                new ConfigKey(
                        "address",
                        false,
                        false,
                        "unix:///dev/log unless set; udp://host:514, tcp://host:514 or tls://host:6514 by network."),
                new ConfigKey("facility", false, false, "cron unless set; user, daemon, local0 to local7, …"),
                new ConfigKey("tag", false, false, "[dkron] unless set; printable ASCII without blanks, 48 at most."),
                new ConfigKey("ca_file", false, false, "PEM file of what tls:// trusts instead of Java's own list."),
                new ConfigKey("max_lines", false, false, "Most messages for one output; 10000 unless set."));
    }

    @Override
    public Optional<String> process(ProcessorContext context) throws IOException {
        Map<String, String> config = context.config();
        SyslogSink sink = sink(context);
        int most = number(given(config, "max_lines", Integer.toString(MOST)));
        try (InputStream output = context.output()) {
            sink.send(new SyslogLines(output, most));
        }
        return Optional.of("Output in syslog");
    }

    private static SyslogSink sink(ProcessorContext context) throws IOException {
        Map<String, String> config = context.config();
        String facility = given(config, "facility", "cron").toLowerCase(Locale.ROOT);
        if (!FACILITIES.containsKey(facility)) {
            throw new IOException("syslog: facility " + facility + " is none of "
                    + FACILITIES.keySet().stream().sorted().toList());
        }
        String tag = given(config, "tag", "[dkron]");
        if (!tag.matches("[\\x21-\\x7e]{1,48}")) {
            throw new IOException("syslog: tag must be 1 to 48 printable ASCII characters without blanks");
        }
        URI address = address(given(config, "address", "unix://" + LocalSyslog.SOCKET));
        if ("unix".equals(address.getScheme())) {
            return new LocalSyslog(address.getPath(), facility, tag);
        }
        NetworkSyslog.Transport transport =
                NetworkSyslog.Transport.valueOf(address.getScheme().toUpperCase(Locale.ROOT));
        String ca = given(config, "ca_file", "");
        return new NetworkSyslog(
                transport,
                address.getHost(),
                address.getPort() < 0 ? transport.port() : address.getPort(),
                head(context, FACILITIES.get(facility), tag),
                () -> ca.isEmpty() ? (SSLSocketFactory) SSLSocketFactory.getDefault() : TlsFiles.trusting(Path.of(ca)));
    }

    private static URI address(String text) throws IOException {
        try {
            URI address = new URI(text);
            boolean local = "unix".equals(address.getScheme())
                    && address.getHost() == null
                    && address.getPath() != null
                    && address.getPath().startsWith("/");
            boolean network = List.of("udp", "tcp", "tls").contains(String.valueOf(address.getScheme()))
                    && address.getHost() != null
                    && address.getPort() != 0
                    && address.getPort() <= 65_535
                    && (address.getPath().isEmpty() || address.getPath().equals("/"));
            if (local || network) {
                return address;
            }
        } catch (URISyntaxException e) {
            throw new IOException("syslog: address " + text + " cannot be read: " + e.getReason(), e);
        }
        throw new IOException("syslog: address " + text
                + " is none; write unix:///dev/log, udp://host:514, tcp://host:514 or tls://host:6514");
    }

    /** What comes before the text of a message by RFC 5424: the execution's id as process, the job as kind of message. */
    private static String head(ProcessorContext context, int facility, String tag) {
        Instant at = context.execution().finishedAt().orElseThrow().truncatedTo(ChronoUnit.MICROS);
        return "<" + (facility * 8 + INFO) + ">1 " + at + " " + SyslogLines.name(context.reportingNode(), 255) + " "
                + tag
                + " " + SyslogLines.name(context.execution().id().toString(), 128) + " "
                + SyslogLines.name(context.execution().job().value(), 32) + " -";
    }

    private static String given(Map<String, String> config, String key, String otherwise) {
        String value = config.getOrDefault(key, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    private static int number(String text) throws IOException {
        if (!text.matches("\\d{1,7}") || Integer.parseInt(text) == 0) {
            throw new IOException("syslog: max_lines must be a number from 1 to 9999999, not " + text);
        }
        return Integer.parseInt(text);
    }
}
