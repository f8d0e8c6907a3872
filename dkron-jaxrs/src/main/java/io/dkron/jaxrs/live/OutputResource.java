package io.dkron.jaxrs.live;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.PrintedOutput;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/** What an execution printed: the bytes, or as events while it runs. */
@Path("v1/jobs/{job}/executions/{id}/output")
@ApplicationScoped
public class OutputResource {
    /** As much as is held at a time. */
    private static final int PIECE = 1 << 20;

    /** By so many bytes it is told whether an output is text. */
    private static final int HEAD = 64 << 10;

    private static final int LONGEST_QUERY = 1_000;

    @Inject
    private ExecutionService executions;

    @Inject
    private Beats beats;

    /**
     * The raw bytes as there are at this moment, or a range of them. Ranges count from the first byte that is there. They
     * are sent piece by piece; where they go away meanwhile the answer breaks off, short of its length.
     */
    @GET
    @Produces({MediaType.TEXT_PLAIN, MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_JSON})
    public Response bytes(@Context HttpServletRequest http, @PathParam("job") String job, @PathParam("id") String id) {
        PrintedOutput output = printed(job, id);
        try {
            return answer(output, ByteRange.of(Call.of(http).header("Range"), output.length()));
        } catch (IOException e) {
            throw goneMeanwhile(e);
        }
    }

    private static Response answer(PrintedOutput output, Optional<ByteRange> range) throws IOException {
        return content(output, range)
                .header(
                        "Content-Type",
                        looksLikeText(output) ? "text/plain; charset=utf-8" : "application/octet-stream")
                .header("Accept-Ranges", "bytes")
                .header("Dkron-Output-Offset", output.cut())
                .header("Cache-Control", "no-cache")
                .header("Content-Security-Policy", "default-src 'none'; sandbox")
                .build();
    }

    private static Response.ResponseBuilder content(PrintedOutput output, Optional<ByteRange> range)
            throws IOException {
        if (range.filter(ByteRange::outside).isPresent()) {
            return Response.status(416).header("Content-Range", range.get().text());
        }
        long from = range.map(ByteRange::from).orElse(0L);
        long to = range.map(ByteRange::to).orElse(output.length());
        Response.ResponseBuilder answer = Response.status(range.isPresent() ? 206 : 200);
        range.ifPresent(part -> answer.header("Content-Range", part.text()));
        byte[] first = output.read(from, (int) Math.min(PIECE, to - from)); // before the status is sent
        return first.length == to - from
                ? answer.entity(first)
                : answer.entity((StreamingOutput) out -> write(out, output, from, first, to))
                        .header("Content-Length", to - from);
    }

    private static void write(OutputStream out, PrintedOutput output, long from, byte[] first, long to)
            throws IOException {
        out.write(first);
        for (long at = from + first.length; at < to; ) {
            byte[] piece = output.read(at, (int) Math.min(PIECE, to - at));
            out.write(piece);
            at += piece.length;
        }
    }

    /** By its beginning; that of a cut output may be half a character. */
    private static boolean looksLikeText(PrintedOutput output) throws IOException {
        byte[] head = output.read(0, HEAD);
        int from = 0;
        while (output.cut() > 0 && from < Math.min(3, head.length) && (head[from] & 0xC0) == 0x80) {
            from++;
        }
        int whole = Utf8.wholeCharacters(Arrays.copyOfRange(head, from, head.length));
        return head.length < output.length() ? whole >= 0 : whole == head.length - from;
    }

    /** The lines that contain a text, from the first that is there on. */
    @GET
    @Path("search")
    @Produces(MediaType.APPLICATION_JSON)
    public Response search(@Context HttpServletRequest http, @PathParam("job") String job, @PathParam("id") String id) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        String text = in.text("q", 1, LONGEST_QUERY);
        int limit = in.number("limit", 1, 1_000, 100);
        in.check();
        PrintedOutput output = printed(job, id);
        try {
            OutputSearch found = OutputSearch.in(output, text, limit);
            return call.ok(Rendered.json(found::write)).build();
        } catch (IOException e) {
            throw goneMeanwhile(e);
        }
    }

    /** The next time it is read from elsewhere. */
    private static ApiProblem goneMeanwhile(IOException e) {
        return ApiProblem.of(ProblemType.STORE_UNAVAILABLE, "The output could not be read: " + e.getMessage() + ".");
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS + ";qs=0.1") // for those who ask for nothing else
    public void stream(
            @Context HttpServletRequest http,
            @PathParam("job") String job,
            @PathParam("id") String id,
            @Context SseEventSink sink,
            @Context Sse sse) {
        Execution execution = found(job, id);
        long from = Call.of(http)
                .header("Last-Event-ID")
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
        OutputWatcher watcher = new OutputWatcher(new Connection(sink, sse), beats, executions, execution, from);
        watcher.start(executions
                .watch(execution.job(), execution.id(), watcher)
                .orElseThrow(() -> ApiProblem.of(ProblemType.STORE_UNAVAILABLE, "Too many watch outputs already.")));
    }

    private PrintedOutput printed(String job, String id) {
        return ExecutionId.parse(id)
                .flatMap(parsed -> executions.printed(new JobName(job), parsed))
                .orElseThrow(() -> ApiProblem.executionNotFound(job, id));
    }

    private Execution found(String job, String id) {
        return ExecutionId.parse(id)
                .flatMap(parsed -> executions.find(new JobName(job), parsed))
                .orElseThrow(() -> ApiProblem.executionNotFound(job, id));
    }
}
