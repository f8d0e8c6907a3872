package io.dkron.agent.executor.http;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.CallTls;
import io.dkron.agent.executor.call.Secrets;
import io.dkron.core.job.CallTimeout;
import io.dkron.core.job.ExpectedCodes;
import io.dkron.core.job.HeaderLines;
import io.dkron.core.job.HeaderLines.Header;
import io.dkron.core.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * An http job's configuration, checked.
 *
 * @param headers as sent, with what follows from the address
 * @param timeout zero for no limit
 * @param expression what must be found in the answer
 * @param remarks what the output begins with
 */
record HttpJob(
        URI url,
        String method,
        byte[] body,
        List<Header> headers,
        Duration timeout,
        ExpectedCodes codes,
        Optional<Pattern> expression,
        CallTls tls,
        String remarks) {

    static HttpJob of(SortedMap<String, String> config) throws BadConfigException {
        String url = required(config, "url");
        String method = required(config, "method");
        URI address = Addresses.parse(url);
        byte[] body = config.getOrDefault("body", "").getBytes(StandardCharsets.UTF_8);
        List<Header> headers = new ArrayList<>(headers(config.getOrDefault("headers", "")));
        user(address).filter(h -> !has(headers, h.name())).ifPresent(headers::add);
        if (!has(headers, "User-Agent")) {
            headers.add(new Header("User-Agent", "dkron"));
        }
        if (!has(headers, "Connection")) {
            // A connection kept for the next run may die just as that run sends its POST, which cannot be repeated.
            headers.add(new Header("Connection", "close"));
        }
        StringBuilder remarks = new StringBuilder();
        if (!config.getOrDefault("debug", "").isEmpty()) {
            remarks.append("Config: ").append(shown(config)).append('\n');
        }
        Duration timeout = CallTimeout.parse(
                        config.getOrDefault("timeout", ""),
                        why -> remarks.append("Warning: timeout ").append(why).append("; 30 seconds are taken\n"))
                .orElse(CallTimeout.DEFAULT);
        return new HttpJob(
                Addresses.withoutUser(address),
                method,
                body,
                framed(headers, body.length),
                timeout,
                codes(config.getOrDefault("expectCode", "")),
                expression(config.getOrDefault("expectBody", "")),
                CallTls.of(config),
                remarks.toString());
    }

    private static String required(Map<String, String> config, String key) throws BadConfigException {
        String value = config.getOrDefault(key, "");
        if (value.isEmpty()) {
            throw new BadConfigException(key + " is empty");
        }
        return value;
    }

    private static List<Header> headers(String text) throws BadConfigException {
        StringBuilder fault = new StringBuilder();
        Optional<List<Header>> headers = HeaderLines.parse(text, fault::append);
        if (headers.isEmpty()) {
            throw new BadConfigException("Error: parsing headers failed: " + fault);
        }
        return headers.get();
    }

    /** What {@code user:password@} in an address stands for. */
    private static Optional<Header> user(URI url) {
        return Optional.ofNullable(url.getUserInfo())
                .map(user -> new Header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8))));
    }

    private static boolean has(List<Header> headers, String name) {
        return headers.stream().anyMatch(h -> h.name().equalsIgnoreCase(name));
    }

    /** Without what says how long the body is: the client does, and knows it better. */
    private static List<Header> framed(List<Header> headers, int length) throws BadConfigException {
        List<Header> sent = new ArrayList<>();
        for (Header header : headers) {
            switch (header.name().toLowerCase(Locale.ROOT)) {
                case "content-length" -> {
                    if (!header.value().equals(Integer.toString(length))) {
                        throw new BadConfigException("header Content-Length says " + header.value()
                                + ", but the body has " + length + " bytes; leave it out, it is sent anyway");
                    }
                }
                case "transfer-encoding", "upgrade", "expect" ->
                    throw new BadConfigException("header " + header.name()
                            + " cannot be set: it is about the connection, which is the node's own; leave it out");
                default -> sent.add(header);
            }
        }
        return List.copyOf(sent);
    }

    private static ExpectedCodes codes(String text) throws BadConfigException {
        StringBuilder fault = new StringBuilder();
        Optional<ExpectedCodes> codes = ExpectedCodes.parse(text, fault::append);
        if (codes.isEmpty()) {
            throw new BadConfigException("expectCode " + fault);
        }
        return codes.get();
    }

    private static Optional<Pattern> expression(String text) throws BadConfigException {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            throw new BadConfigException("expectBody is no RE2 expression: " + e.getMessage());
        } catch (StackOverflowError e) { // its parser calls itself for each parenthesis
            throw new BadConfigException("expectBody is no RE2 expression: it is nested too deeply");
        }
    }

    /** The configuration as JSON, without secrets; a body may hold any, so its size stands for it. */
    private static String shown(SortedMap<String, String> config) {
        Map<String, Object> shown = new LinkedHashMap<>();
        config.forEach((key, value) -> shown.put(
                key,
                switch (key) {
                    case "url" -> Secrets.url(value);
                    case "body" -> value.getBytes(StandardCharsets.UTF_8).length + " bytes";
                    case "headers" -> {
                        Consumer<String> ignored = fault -> {}; // a run that has one fails before this
                        yield HeaderLines.parse(value, ignored).orElse(List.of()).stream()
                                .map(h -> h.name() + ": " + Secrets.header(h.name(), h.value()))
                                .toList();
                    }
                    default -> value;
                }));
        return new String(Json.write(shown), StandardCharsets.UTF_8);
    }

    /** Method and address, fit for messages. */
    String text() {
        return method + " " + Secrets.url(url.toString());
    }
}
