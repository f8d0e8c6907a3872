package io.dkron.agent.executor.grpc;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.CallTls;
import io.dkron.core.job.CallTimeout;
import io.dkron.core.job.HeaderLines;
import io.dkron.core.job.HeaderLines.Header;
import io.dkron.core.json.Json;
import io.dkron.core.problem.MalformedInputException;
import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A grpc job's configuration, checked as far as it can be without its server.
 *
 * @param address host and port
 * @param service full name
 * @param body empty, or a JSON value
 * @param timeout zero for no limit
 * @param code the status that is a success
 */
record GrpcJob(
        String address,
        String service,
        String method,
        Optional<Object> body,
        Metadata headers,
        Duration timeout,
        int code,
        CallTls tls) {
    /** Bytes of one message, as in gRPC everywhere. */
    static final int LARGEST_ANSWER = 4 << 20;

    private static final Pattern URL =
            Pattern.compile("((?:\\[[0-9a-fA-F:.]+\\]|[^/:\\[\\]\\s]+):(\\d{1,5}))/([\\w.]+)[/.](\\w+)");

    static GrpcJob of(Map<String, String> config) throws BadConfigException {
        String url = config.getOrDefault("url", "");
        if (url.isEmpty()) {
            throw new BadConfigException("url is empty");
        }
        Matcher parts = URL.matcher(url);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
            throw new BadConfigException("url \"" + url + "\" must be host:port/package.Service/Method");
        }
        return new GrpcJob(
                parts.group(1),
                parts.group(3),
                parts.group(4),
                body(config.getOrDefault("body", "")),
                headers(config.getOrDefault("headers", "")),
                timeout(config.getOrDefault("timeout", "")),
                code(config.getOrDefault("expectCode", "")),
                CallTls.of(config));
    }

    private static Optional<Object> body(String text) throws BadConfigException {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Json.read(text.getBytes(StandardCharsets.UTF_8)));
        } catch (MalformedInputException e) {
            throw new BadConfigException("body is no JSON: " + e.getMessage());
        }
    }

    private static Metadata headers(String text) throws BadConfigException {
        StringBuilder fault = new StringBuilder();
        Optional<List<Header>> headers = HeaderLines.parse(text, fault::append);
        if (headers.isEmpty()) {
            throw new BadConfigException("Parsing headers failed: " + fault);
        }
        Metadata metadata = new Metadata();
        for (Header header : headers.get()) {
            try {
                put(metadata, header.name().toLowerCase(Locale.ROOT), header.value());
            } catch (IllegalArgumentException e) {
                throw new BadConfigException("Parsing headers failed: " + header.name() + ": " + e.getMessage());
            }
        }
        return metadata;
    }

    private static void put(Metadata metadata, String name, String value) {
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            metadata.put(
                    Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER),
                    Base64.getDecoder().decode(value));
        } else {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
    }

    private static Duration timeout(String text) throws BadConfigException {
        StringBuilder fault = new StringBuilder();
        Optional<Duration> timeout = CallTimeout.parse(text, fault::append);
        if (timeout.isEmpty()) {
            throw new BadConfigException("Invalid timeout: " + fault);
        }
        return timeout.get();
    }

    private static int code(String text) throws BadConfigException {
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("1[0-6]|[0-9]")) {
            throw new BadConfigException("expectCode must be a gRPC status from 0 to 16, not \"" + text + "\"");
        }
        return Integer.parseInt(text);
    }

    /** Where the call goes, for messages. */
    String text() {
        return address + "/" + service + "/" + method;
    }
}
