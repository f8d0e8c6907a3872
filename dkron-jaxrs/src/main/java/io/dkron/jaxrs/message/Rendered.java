package io.dkron.jaxrs.message;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonOut;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.jaxrs.message.Parameters.Rows;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** JSON answers of lists. Stateless. */
public final class Rendered {
    private static final int STREAMED_FROM = 200;

    private Rendered() {}

    /** JSON that the writer makes. */
    public static byte[] json(Consumer<JsonOut> content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonOut json = Json.writer(out)) {
            content.accept(json);
        }
        return out.toByteArray();
    }

    /** The jobs as an array; a long one is written piece by piece. */
    public static Response.ResponseBuilder jobs(Call call, List<CatalogJob> jobs) {
        if (jobs.size() >= STREAMED_FROM && !call.pretty()) {
            return call.ok(out -> write(out, call, jobs));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024 * (jobs.size() + 1));
        try {
            write(out, call, jobs);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e); // to memory: cannot happen
        }
        return call.ok(out.toByteArray());
    }

    /** The executions as an array. */
    public static Response.ResponseBuilder executions(
            Call call, List<Execution> executions, ExecutionJson.View view, int outputLimit) {
        return call.ok(json(out -> {
            out.startArray();
            executions.forEach(e -> ExecutionJson.write(out, e, call.dialect(), view, outputLimit));
            out.endArray();
        }));
    }

    /** Adds the count of all rows, and links to the parts before and after this one. */
    public static Response.ResponseBuilder counted(Response.ResponseBuilder answer, Call call, int total, Rows rows) {
        answer.header("X-Total-Count", total);
        if (!rows.sliced()) {
            return answer;
        }
        int size = Math.min(rows.end(), total) - rows.start();
        List<String> links = new ArrayList<>();
        if (rows.start() > 0 && size >= 0) {
            links.add(link(call, Math.max(0, rows.start() - Math.max(1, size)), rows.start(), "prev"));
        }
        if (rows.end() < total) {
            links.add(link(call, rows.end(), rows.end() + Math.max(1, size), "next"));
        }
        return links.isEmpty() ? answer : answer.header("Link", String.join(", ", links));
    }

    private static String link(Call call, int start, int end, String relation) {
        return "<" + call.path() + "?" + call.queryWith(start, end) + ">; rel=\"" + relation + "\"";
    }

    private static void write(OutputStream out, Call call, List<CatalogJob> jobs) throws IOException {
        out.write('[');
        boolean first = true;
        for (CatalogJob job : jobs) {
            if (!first) {
                out.write(',');
            }
            first = false;
            out.write(job.json(call.dialect()));
        }
        out.write(']');
    }
}
