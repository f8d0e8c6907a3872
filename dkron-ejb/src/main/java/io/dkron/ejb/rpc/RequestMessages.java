package io.dkron.ejb.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.dkron.agent.rpc.proto.ForwardAcceptRollback;
import io.dkron.agent.rpc.proto.ForwardCancel;
import io.dkron.agent.rpc.proto.ForwardCondition;
import io.dkron.agent.rpc.proto.ForwardDelete;
import io.dkron.agent.rpc.proto.ForwardDeleteExecutions;
import io.dkron.agent.rpc.proto.ForwardPause;
import io.dkron.agent.rpc.proto.ForwardProblem;
import io.dkron.agent.rpc.proto.ForwardRequest;
import io.dkron.agent.rpc.proto.ForwardRestore;
import io.dkron.agent.rpc.proto.ForwardRun;
import io.dkron.agent.rpc.proto.ForwardSave;
import io.dkron.agent.rpc.proto.ForwardToggle;
import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.Request;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Requests to the leader as messages and back. Bad messages throw IllegalArgumentException. */
final class RequestMessages {
    private RequestMessages() {}

    /** The time that the event carries is not sent: the leader's own counts. */
    static ForwardRequest of(Event.Asked asked) {
        ForwardRequest.Builder message = ForwardRequest.newBuilder()
                .setId(asked.request().id())
                .setClientKey(asked.request().clientKey());
        if (asked instanceof Event.Save e) {
            message.setSave(save(e));
        } else if (asked instanceof Event.Delete e) {
            message.setDelete(ForwardDelete.newBuilder()
                    .setJob(e.job().value())
                    .setCondition(condition(e.condition()))
                    .setCascade(e.cascade()));
        } else if (asked instanceof Event.Toggle e) {
            ForwardToggle.Builder toggle =
                    ForwardToggle.newBuilder().setJob(e.job().value()).setCondition(condition(e.condition()));
            e.disabled().ifPresent(toggle::setDisabled);
            message.setToggle(toggle);
        } else if (asked instanceof Event.Run e) {
            message.setRun(ForwardRun.newBuilder().setJob(e.job().value()).setEvenDisabled(e.evenDisabled()));
        } else if (asked instanceof Event.DeleteExecutions e) {
            message.setDeleteExecutions(
                    ForwardDeleteExecutions.newBuilder().setJob(e.job().value()));
        } else if (asked instanceof Event.Restore e) {
            ForwardRestore.Builder restore = ForwardRestore.newBuilder().setDryRun(e.dryRun());
            e.jobs().forEach(job -> restore.addJobs(job(job)));
            message.setRestore(restore);
        } else if (asked instanceof Event.Pause e) {
            message.setPause(ForwardPause.newBuilder().setPaused(e.paused()));
        } else if (asked instanceof Event.CancelExecutions e) {
            ForwardCancel.Builder cancel =
                    ForwardCancel.newBuilder().setJob(e.job().value());
            e.id().ifPresent(id -> cancel.setExecution(id.toString()));
            message.setCancel(cancel);
        } else if (asked instanceof Event.AcceptRollback) {
            message.setAcceptRollback(ForwardAcceptRollback.getDefaultInstance());
        } else {
            throw new IllegalArgumentException("unknown request " + asked.getClass());
        }
        return message.build();
    }

    static Request request(ForwardRequest message) {
        return new Request(message.getId(), message.getClientKey());
    }

    /** The event, at the time that is given to it. */
    static Function<Instant, Event.Asked> event(ForwardRequest message) {
        Request request = request(message);
        switch (message.getKindCase()) {
            case SAVE:
                return save(message.getSave(), request);
            case DELETE:
                ForwardDelete delete = message.getDelete();
                return now -> new Event.Delete(
                        now,
                        request,
                        new JobName(delete.getJob()),
                        condition(delete.getCondition()),
                        delete.getCascade());
            case TOGGLE:
                ForwardToggle toggle = message.getToggle();
                Optional<Boolean> disabled =
                        toggle.hasDisabled() ? Optional.of(toggle.getDisabled()) : Optional.empty();
                return now -> new Event.Toggle(
                        now, request, new JobName(toggle.getJob()), condition(toggle.getCondition()), disabled);
            case RUN:
                ForwardRun run = message.getRun();
                return now -> new Event.Run(now, request, new JobName(run.getJob()), run.getEvenDisabled());
            case DELETE_EXECUTIONS:
                JobName job = new JobName(message.getDeleteExecutions().getJob());
                return now -> new Event.DeleteExecutions(now, request, job);
            case RESTORE:
                List<Job> jobs = message.getRestore().getJobsList().stream()
                        .map(RequestMessages::job)
                        .toList();
                return now -> new Event.Restore(
                        now, request, jobs, message.getRestore().getDryRun());
            case PAUSE:
                return now -> new Event.Pause(now, request, message.getPause().getPaused());
            case CANCEL:
                ForwardCancel cancel = message.getCancel();
                Optional<ExecutionId> id =
                        cancel.hasExecution() ? Optional.of(id(cancel.getExecution())) : Optional.empty();
                return now -> new Event.CancelExecutions(now, request, new JobName(cancel.getJob()), id);
            case ACCEPT_ROLLBACK:
                return now -> new Event.AcceptRollback(now, request);
            default:
                throw new IllegalArgumentException("a request of a kind that this server does not know");
        }
    }

    static ByteString job(Job job) {
        return UnsafeByteOperations.unsafeWrap(JobJson.store(job));
    }

    static Job job(ByteString bytes) {
        return JobJson.read(bytes.toByteArray());
    }

    static ExecutionId id(String text) {
        return ExecutionId.parse(text).orElseThrow(() -> new IllegalArgumentException("no execution id: " + text));
    }

    static ForwardProblem problem(Problem problem) {
        return ForwardProblem.newBuilder()
                .setField(problem.field())
                .setMessage(problem.message())
                .build();
    }

    static Problem problem(ForwardProblem message) {
        return new Problem(message.getField(), message.getMessage());
    }

    private static ForwardSave save(Event.Save e) {
        return ForwardSave.newBuilder()
                .setJob(definition(e.definition()))
                .addAllUnlessStored(
                        e.unlessStored().stream().map(RequestMessages::problem).toList())
                .setCondition(condition(e.condition()))
                .setRun(e.run())
                .setDryRun(e.dryRun())
                .build();
    }

    private static Function<Instant, Event.Asked> save(ForwardSave save, Request request) {
        JobDefinition definition = job(save.getJob()).definition();
        List<Problem> unlessStored = save.getUnlessStoredList().stream()
                .map(RequestMessages::problem)
                .toList();
        return now -> new Event.Save(
                now,
                request,
                definition,
                unlessStored,
                condition(save.getCondition()),
                save.getRun(),
                save.getDryRun());
    }

    /** What is stored of a definition, with a state that nobody looks at. */
    private static ByteString definition(JobDefinition definition) {
        return job(new Job(definition, JobState.created("forward", Instant.EPOCH)));
    }

    private static ForwardCondition condition(Condition condition) {
        ForwardCondition.Builder message = ForwardCondition.newBuilder().setAbsent(condition.absent());
        condition.revision().ifPresent(message::setRevision);
        return message.build();
    }

    private static Condition condition(ForwardCondition message) {
        return new Condition(
                message.hasRevision() ? OptionalLong.of(message.getRevision()) : OptionalLong.empty(),
                message.getAbsent());
    }
}
