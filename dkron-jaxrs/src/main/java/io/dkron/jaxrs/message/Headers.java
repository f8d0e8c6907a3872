package io.dkron.jaxrs.message;

import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Request;
import io.dkron.core.job.JobName;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Request headers as values, and values as response headers. Stateless. */
public final class Headers {
    private static final int MOST_WARNINGS = 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(300);

    private Headers() {}

    /** {@code /v1/jobs/NAME}, percent-encoded. */
    public static String location(JobName job) {
        return "/v1/jobs/" + percentEncoded(job.value(), "-._~");
    }

    public static String etag(long revision) {
        return "\"" + revision + "\"";
    }

    /** The id of a request: the client's {@code Idempotency-Key}, or a random one. */
    public static Request request(Call call) {
        Optional<String> key = call.header("Idempotency-Key");
        if (key.isPresent() && !key.get().matches("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?")) {
            throw ApiProblem.header("Idempotency-Key", "must be 1 to 255 printable characters");
        }
        Request request = new Request(key.orElseGet(() -> UUID.randomUUID().toString()), key.isPresent());
        call.asks(request);
        return request;
    }

    /**
     * What {@code If-Match} and {@code If-None-Match} demand.
     *
     * @param current the revision now; empty when there is no such job
     * @param required whether an update must carry {@code If-Match}
     */
    public static Condition condition(Call call, OptionalLong current, boolean required) {
        if (call.header("If-None-Match").filter("*"::equals).isPresent()) {
            return Condition.ABSENT;
        }
        Optional<String> match = call.header("If-Match");
        if (match.isEmpty()) {
            if (required && current.isPresent()) {
                throw ApiProblem.of(
                        ProblemType.PRECONDITION_REQUIRED,
                        "Changes of a job need If-Match with its ETag (setting require-if-match).");
            }
            return Condition.NONE;
        }
        if (match.get().equals("*")) {
            return current.isPresent() ? Condition.NONE : Condition.revision(0); // no job has revision 0
        }
        List<Long> revisions = revisions(match.get());
        boolean holds = current.isPresent() && revisions.contains(current.getAsLong());
        return Condition.revision(holds ? current.getAsLong() : revisions.isEmpty() ? 0 : revisions.get(0));
    }

    /** How the client wants to wait for the end of a run. */
    public record Wait(Duration atMost, boolean respondAsync, Optional<String> applied) {}

    /** Reads {@code Prefer: respond-async} and {@code Prefer: wait=N}. */
    public static Wait wait(Call call, Duration usual) {
        for (String each : call.header("Prefer").orElse("").split(",")) {
            String preference = each.strip();
            if (preference.equalsIgnoreCase("respond-async")) {
                return new Wait(Duration.ZERO, true, Optional.of(preference));
            }
            if (preference.matches("(?i)wait=\\d{1,9}")) {
                Duration asked = Duration.ofSeconds(Integer.parseInt(preference.substring("wait=".length())));
                Duration atMost = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
                return new Wait(atMost, false, Optional.of("wait=" + atMost.toSeconds()));
            }
        }
        return new Wait(usual, false, Optional.empty());
    }

    /** One {@code Warning} header for each text, the first 20. */
    public static void warn(Response.ResponseBuilder answer, List<String> warnings) {
        warnings.stream()
                .limit(MOST_WARNINGS)
                .forEach(w -> answer.header("Warning", "299 dkron \"" + quoted(w) + "\""));
    }

    private static String quoted(String text) {
        return percentEncoded(text, " !#$&'()*+,-./:;<=>?@[]^_`{|}~")
                .replace("%22", "\\\"")
                .replace("%5C", "\\\\");
    }

    /** The text in UTF-8 where all but ASCII letters, digits and {@code kept} stand as {@code %XX}. */
    private static String percentEncoded(String text, String kept) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || kept.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%').append(String.format("%02X", (int) c));
            }
        }
        return out.toString();
    }

    private static List<Long> revisions(String match) {
        List<Long> revisions = new ArrayList<>();
        for (String each : match.split(",")) {
            String tag = each.strip();
            if (tag.matches("\"\\d{1,18}\"")) {
                revisions.add(Long.parseLong(tag.substring(1, tag.length() - 1)));
            }
        }
        return revisions;
    }
}
