package io.dkron.cli.client;

import io.dkron.core.json.Json;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The API refused, or could not be reached. The message is whole: what, where, and what to do. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String PREFIX = "urn:dkron:problem:";

    private final int status;
    private final String type;
    private final String detail;
    private final transient List<Problem> problems;

    private ApiException(int status, String type, String detail, List<Problem> problems, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.detail = detail;
        this.problems = List.copyOf(problems);
    }

    /** Nobody there, or nobody who speaks with us. */
    static ApiException unreachable(Endpoint endpoint, Exception cause) {
        String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        ApiException failure = new ApiException(
                0,
                "unreachable",
                why,
                List.of(),
                "no answer from " + endpoint + " (" + why + "); is a server running there? --server or DKRON_ADDR"
                        + " names another");
        failure.initCause(cause);
        return failure;
    }

    /** What an answer that is no success says. */
    static ApiException refused(Endpoint endpoint, Call call, Answer answer) {
        Map<String, Object> body = body(answer);
        String type = Fields.text(body, "type");
        if (!type.startsWith(PREFIX)) {
            return new ApiException(
                    answer.status(),
                    "",
                    "",
                    List.of(),
                    endpoint + " answered " + answer.status() + " to " + call.method() + " " + call.path()
                            + "; is it a Dkron server?");
        }
        String detail = Fields.text(body, "detail");
        List<Problem> problems = new ArrayList<>();
        for (Map<String, Object> error : Fields.objects(Fields.list(body, "errors"))) {
            String field = Fields.text(error, "field") + Fields.text(error, "parameter");
            problems.add(new Problem(field, Fields.text(error, "message")));
        }
        return new ApiException(
                answer.status(), type.substring(PREFIX.length()), detail, problems, message(answer, detail, problems));
    }

    private static Map<String, Object> body(Answer answer) {
        try {
            return answer.object();
        } catch (InvalidInputException e) { // a proxy's page, or nothing: the caller says so
            return Map.of("detail", Json.NULL);
        }
    }

    private static String message(Answer answer, String detail, List<Problem> problems) {
        StringBuilder text = new StringBuilder(detail);
        if (problems.size() > 1) {
            problems.forEach(problem -> text.append(System.lineSeparator())
                    .append("  ")
                    .append(problem.field())
                    .append(": ")
                    .append(problem.message()));
        }
        if (answer.status() == 401) {
            text.append(" --http-user with --http-password-file, or a token in DKRON_TOKEN, says who you are.");
        }
        return text.toString();
    }

    /** The HTTP status; 0 when there was no answer. */
    public int status() {
        return status;
    }

    /** The kind of problem, such as {@code validation}; {@code unreachable} without an answer; may be empty. */
    public String type() {
        return type;
    }

    /** The server's sentence alone. */
    public String detail() {
        return detail;
    }

    /** Every fault of what was sent; empty for other problems. */
    public List<Problem> problems() {
        return problems;
    }
}
