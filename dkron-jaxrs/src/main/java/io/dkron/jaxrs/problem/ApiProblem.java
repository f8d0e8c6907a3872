package io.dkron.jaxrs.problem;

import io.dkron.core.json.ProblemJson;
import io.dkron.core.problem.Problem;
import java.util.List;
import java.util.Objects;

/** A resource refuses a request; {@link ProblemMappers} make the answer. */
public final class ApiProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final transient ProblemJson.Kind kind;
    private final transient List<Problem> errors;

    private ApiProblem(ProblemType type, String detail, ProblemJson.Kind kind, List<Problem> errors) {
        super(detail, null, false, false); // no stack: an answer, not a fault of ours
        this.type = Objects.requireNonNull(type, "type");
        this.kind = kind;
        this.errors = List.copyOf(errors);
    }

    public static ApiProblem of(ProblemType type, String detail) {
        return new ApiProblem(type, detail, ProblemJson.Kind.FIELD, List.of());
    }

    /** Query parameters are wrong. */
    public static ApiProblem parameters(List<Problem> errors) {
        Problem first = errors.get(0);
        return new ApiProblem(
                ProblemType.MALFORMED,
                "Parameter " + first.field() + " " + first.message() + ".",
                ProblemJson.Kind.PARAMETER,
                errors);
    }

    /** One header is wrong. */
    public static ApiProblem header(String name, String message) {
        return of(ProblemType.MALFORMED, "Header " + name + " " + message + ".");
    }

    public static ApiProblem jobNotFound(String name) {
        return of(ProblemType.JOB_NOT_FOUND, "There is no job " + name + ".");
    }

    public static ApiProblem executionNotFound(String job, String id) {
        return of(ProblemType.EXECUTION_NOT_FOUND, "Job " + job + " has no execution " + id + ".");
    }

    public ProblemType type() {
        return type;
    }

    public ProblemJson.Kind kind() {
        return kind;
    }

    public List<Problem> errors() {
        return errors;
    }
}
