package io.dkron.jaxrs.message;

import io.dkron.core.engine.Request;
import io.dkron.core.json.Json;
import io.dkron.core.json.Profile;
import io.dkron.ejb.service.LaggingAnswers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.Objects;
import java.util.Optional;

/**
 * A request as resources see it: its dialect, its parameters, and how to answer it in JSON. Made by the filter before
 * anything else, kept with the request. Immutable.
 */
public final class Call {
    /** The media type of answers, as Dkron writes it. */
    public static final String JSON = "application/json; charset=utf-8";

    private static final String KEY = Call.class.getName();
    private static final String LAGGING = LaggingAnswers.class.getName();
    private static final String REQUEST = Request.class.getName();

    private final HttpServletRequest http;
    private final Profile dialect;
    private final Query query;

    public Call(HttpServletRequest http, Profile dialect) {
        this.http = Objects.requireNonNull(http, "http");
        this.dialect = Objects.requireNonNull(dialect, "dialect");
        this.query = Query.parse(Optional.ofNullable(http.getQueryString()));
    }

    /** Keeps this with its request. */
    public Call attached() {
        http.setAttribute(KEY, this);
        return this;
    }

    /** As {@link #attached}; answers that are ahead of this node's copy will say so. */
    public Call attached(LaggingAnswers lagging) {
        http.setAttribute(LAGGING, lagging);
        return attached();
    }

    /** The leader is asked with that id. */
    void asks(Request request) {
        http.setAttribute(REQUEST, request.id());
    }

    /** The call of that request. */
    public static Call of(HttpServletRequest http) {
        return http.getAttribute(KEY) instanceof Call call ? call : new Call(http, Profile.V4);
    }

    public Profile dialect() {
        return dialect;
    }

    public boolean v1() {
        return dialect == Profile.V1;
    }

    public Query query() {
        return query;
    }

    /** The path as it was sent, without query. */
    public String path() {
        return http.getRequestURI();
    }

    public String method() {
        return http.getMethod();
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(http.getHeader(name)).map(String::strip).filter(v -> !v.isEmpty());
    }

    /** Whether the client wants text and no JSON at all. */
    public boolean wantsText() {
        String accept = header("Accept").orElse("*/*");
        return accept.contains("text/plain")
                && !accept.contains("json")
                && !accept.contains("*/*")
                && !accept.contains("application/*");
    }

    /** 200 with that compact JSON, indented if asked for. */
    public Response.ResponseBuilder ok(byte[] json) {
        return answer(200, json);
    }

    /** That status with that compact JSON, indented if asked for. */
    public Response.ResponseBuilder answer(int status, byte[] json) {
        byte[] body = query.has("pretty") ? Json.pretty(json) : json;
        Response.ResponseBuilder answer = Response.status(status).entity(body).header("Content-Type", JSON);
        return behind() ? answer.header("Dkron-Applied", "behind") : answer;
    }

    private boolean behind() {
        return http.getAttribute(LAGGING) instanceof LaggingAnswers lagging
                && http.getAttribute(REQUEST) instanceof String id
                && lagging.take(id);
    }

    /** 200 with compact JSON that is written piece by piece; only for those who do not ask for indenting. */
    public Response.ResponseBuilder ok(StreamingOutput json) {
        return Response.ok(json).header("Content-Type", JSON);
    }

    public boolean pretty() {
        return query.has("pretty");
    }

    /** The query as it was sent, with these rows in place of its own. */
    String queryWith(int start, int end) {
        StringBuilder out = new StringBuilder();
        for (String part : Optional.ofNullable(http.getQueryString()).orElse("").split("&")) {
            if (!part.isEmpty() && !part.startsWith("_start=") && !part.startsWith("_end=")) {
                out.append(part.replaceAll("[^\\x21-\\x7e]|[<>\"]", "")).append('&');
            }
        }
        return out.append("_start=").append(start).append("&_end=").append(end).toString();
    }
}
