package io.dkron.core.job;

import io.dkron.core.json.Json;
import io.dkron.core.problem.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Headers of a call as the executors {@code http} and {@code grpc} take them: a JSON array of {@code "Name: value"}, each
 * parted at its first colon. Stateless.
 */
public final class HeaderLines {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+"); // RFC 9110, section 5.1
    private static final Pattern BROKEN = Pattern.compile("[\\x00-\\x08\\x0A-\\x1F\\x7F]");

    /** One header; its value has no blanks around it. */
    public record Header(String name, String value) {
        public Header {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
        }
    }

    private HeaderLines() {}

    /**
     * The headers in their order, repeated ones too; none for a blank text. Empty if the text is no such list, then
     * {@code complain} is told once why, never with a value.
     */
    public static Optional<List<Header>> parse(String text, Consumer<String> complain) {
        if (text.isBlank()) {
            return Optional.of(List.of());
        }
        Object value;
        try {
            value = Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInputException e) {
            complain.accept(e.getMessage());
            return Optional.empty();
        }
        if (!(value instanceof List<?> lines)) {
            complain.accept("must be a JSON array of \"Name: value\", not " + Json.kind(value));
            return Optional.empty();
        }
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Optional<String> fault = read(lines.get(i), headers);
            if (fault.isPresent()) {
                complain.accept("element " + (i + 1) + " " + fault.get());
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(headers));
    }

    private static Optional<String> read(Object line, List<Header> into) {
        if (!(line instanceof String text)) {
            return Optional.of("must be a string, not " + Json.kind(line));
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            return Optional.of("has no colon between name and value");
        }
        Header header = new Header(
                text.substring(0, colon).strip(), text.substring(colon + 1).strip());
        if (!NAME.matcher(header.name()).matches()) {
            return Optional.of("has no valid name before its colon");
        }
        if (BROKEN.matcher(header.value()).find()) {
            return Optional.of("has a control character in its value");
        }
        into.add(header);
        return Optional.empty();
    }
}
