package io.dkron.jaxrs.problem;

import io.dkron.core.json.ProblemJson;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problem;
import io.dkron.jaxrs.message.Call;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes answers of problems. Stateless. */
public final class ProblemAnswers {
    private static final String TEXT = "text/plain; charset=utf-8";

    private ProblemAnswers() {}

    /** The body and the media type of an answer. */
    public record Body(int status, byte[] bytes, String mediaType) {}

    public static Response of(Call call, ProblemType type, String detail) {
        return of(call, type, detail, ProblemJson.Kind.FIELD, List.of());
    }

    public static Response of(Call call, ProblemType type, String detail, ProblemJson.Kind kind, List<Problem> errors) {
        Body body = body(call, type, detail, kind, errors);
        Response.ResponseBuilder answer =
                Response.status(body.status()).entity(body.bytes()).header("Content-Type", body.mediaType());
        if (body.status() == 503) {
            answer.header("Retry-After", "1");
        }
        return answer.build();
    }

    /** An input that was refused, in Dkron 4's sentences. */
    public static Response of(Call call, InvalidInputException e) {
        Problem first = e.problems().get(0);
        boolean malformed = e instanceof MalformedInputException;
        String cause = malformed && !first.field().isEmpty() ? first.field() + " " + first.message() : first.message();
        String detail = (malformed ? "Unable to parse payload: " : "Job validation failed: ") + cause + ".";
        List<Problem> errors = first.field().isEmpty() ? List.of() : e.problems();
        return of(
                call,
                malformed ? ProblemType.MALFORMED : ProblemType.VALIDATION,
                detail,
                ProblemJson.Kind.FIELD,
                errors);
    }

    public static Body body(Call call, ProblemType type, String detail, ProblemJson.Kind kind, List<Problem> errors) {
        int status = type.status(call.v1());
        if (call.wantsText()) {
            return new Body(status, detail.getBytes(StandardCharsets.UTF_8), TEXT);
        }
        ProblemJson problem = new ProblemJson(type.text(), type.title(), status, detail, call.path(), kind, errors);
        return new Body(status, problem.write(), ProblemJson.MEDIA_TYPE);
    }
}
