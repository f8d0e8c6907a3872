package io.dkron.jaxrs.live;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.jaxrs.message.Call;
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
import java.util.Optional;

/** What an execution printed: the bytes, or as events while it runs. */
@Path("v1/jobs/{job}/executions/{id}/output")
@ApplicationScoped
public class OutputResource {
    /** As much as is held at a time. */
    private static final int PIECE = 1 << 20;

    @Inject
    private ExecutionService executions;

    @Inject
    private Beats beats;

    /** The raw bytes, or a range of them unless they are many. Ranges count from the first byte that is kept. */
    @GET
    @Produces({MediaType.TEXT_PLAIN, MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_JSON})
    public Response bytes(@Context HttpServletRequest http, @PathParam("job") String job, @PathParam("id") String id) {
        Call call = Call.of(http);
        Execution execution = found(job, id);
        OutputChunk output = piece(execution, 0).orElseThrow(() -> ApiProblem.executionNotFound(job, id));
        byte[] bytes = output.bytes();
        boolean whole = bytes.length < PIECE;
        Response.ResponseBuilder answer = whole
                ? ByteRange.of(call.header("Range"), bytes.length)
                        .map(range -> range.answer(bytes))
                        .orElseGet(() -> Response.ok(bytes))
                : Response.ok((StreamingOutput) out -> stream(out, execution, output));
        boolean text = whole ? Utf8.valid(bytes) : Utf8.wholeCharacters(bytes) >= 0;
        return answer.header("Content-Type", text ? "text/plain; charset=utf-8" : "application/octet-stream")
                .header("Accept-Ranges", whole ? "bytes" : "none")
                .header("Dkron-Output-Offset", output.offset())
                .header("Cache-Control", "no-cache")
                .header("Content-Security-Policy", "default-src 'none'; sandbox")
                .build();
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

    private void stream(OutputStream out, Execution execution, OutputChunk first) throws IOException {
        Optional<OutputChunk> piece = Optional.of(first);
        while (piece.isPresent() && piece.get().bytes().length > 0) {
            out.write(piece.get().bytes());
            piece = piece(execution, piece.get().end());
        }
    }

    private Optional<OutputChunk> piece(Execution execution, long offset) {
        return executions.output(execution.job(), execution.id(), offset, PIECE);
    }

    private Execution found(String job, String id) {
        return ExecutionId.parse(id)
                .flatMap(parsed -> executions.find(new JobName(job), parsed))
                .orElseThrow(() -> ApiProblem.executionNotFound(job, id));
    }
}
