package io.dkron.ejb.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.dkron.agent.rpc.proto.ForwardAnswer;
import io.dkron.agent.rpc.proto.ForwardCancelling;
import io.dkron.agent.rpc.proto.ForwardChecked;
import io.dkron.agent.rpc.proto.ForwardDeleted;
import io.dkron.agent.rpc.proto.ForwardDependents;
import io.dkron.agent.rpc.proto.ForwardExecution;
import io.dkron.agent.rpc.proto.ForwardMismatch;
import io.dkron.agent.rpc.proto.ForwardNotLeader;
import io.dkron.agent.rpc.proto.ForwardProblems;
import io.dkron.agent.rpc.proto.ForwardRepeated;
import io.dkron.agent.rpc.proto.ForwardRequestRecord;
import io.dkron.agent.rpc.proto.ForwardRestored;
import io.dkron.agent.rpc.proto.ForwardRestoredItem;
import io.dkron.agent.rpc.proto.ForwardRunStarted;
import io.dkron.agent.rpc.proto.ForwardSaved;
import io.dkron.agent.rpc.proto.ForwardUnavailable;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.RequestRecord;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The leader's outcomes as messages and back. Bad messages throw IllegalArgumentException. */
final class AnswerMessages {
    private AnswerMessages() {}

    /** @param index of the leader's copy */
    static ForwardAnswer of(Outcome outcome, long index) {
        ForwardAnswer.Builder message = ForwardAnswer.newBuilder().setIndex(index);
        if (outcome instanceof Outcome.NoLeader) {
            message.setNotLeader(ForwardNotLeader.getDefaultInstance());
        } else if (outcome.done()) {
            done(outcome, message);
        } else {
            refused(outcome, message);
        }
        return message.build();
    }

    private static void done(Outcome outcome, ForwardAnswer.Builder message) {
        if (outcome instanceof Outcome.Saved o) {
            ForwardSaved.Builder saved = ForwardSaved.newBuilder()
                    .setJob(RequestMessages.job(o.job()))
                    .setCreated(o.created());
            o.group().ifPresent(saved::setGroup);
            message.setSaved(saved);
        } else if (outcome instanceof Outcome.Checked o) {
            message.setChecked(ForwardChecked.newBuilder()
                    .setJob(RequestMessages.job(o.job()))
                    .setCreates(o.creates()));
        } else if (outcome instanceof Outcome.Deleted o) {
            message.setDeleted(ForwardDeleted.newBuilder()
                    .setJob(RequestMessages.job(o.job()))
                    .addAllOthers(o.others().stream().map(JobName::value).toList()));
        } else if (outcome instanceof Outcome.RunStarted o) {
            message.setRunStarted(ForwardRunStarted.newBuilder()
                    .setJob(RequestMessages.job(o.job()))
                    .setGroup(o.group()));
        } else if (outcome instanceof Outcome.ExecutionsDeleted o) {
            message.setExecutionsDeleted(RequestMessages.job(o.job()));
        } else if (outcome instanceof Outcome.Restored o) {
            message.setRestored(ForwardRestored.newBuilder()
                    .addAllItems(o.items().stream().map(AnswerMessages::item).toList()));
        } else if (outcome instanceof Outcome.PauseSet o) {
            message.setPauseSet(o.paused());
        } else if (outcome instanceof Outcome.RollbackAccepted o) {
            message.setRollbackAccepted(o.term());
        } else if (outcome instanceof Outcome.Cancelling o) {
            message.setCancelling(ForwardCancelling.newBuilder()
                    .setJob(RequestMessages.job(o.job()))
                    .addAllExecutions(o.executions().stream()
                            .map(AnswerMessages::execution)
                            .toList()));
        } else if (outcome instanceof Outcome.Repeated o) {
            ForwardRepeated.Builder repeated = ForwardRepeated.newBuilder().setBefore(record(o.before()));
            o.job().ifPresent(job -> repeated.setJob(RequestMessages.job(job)));
            message.setRepeated(repeated);
        } else {
            throw new IllegalArgumentException("unknown outcome " + outcome.getClass());
        }
    }

    private static void refused(Outcome outcome, ForwardAnswer.Builder message) {
        if (outcome instanceof Outcome.KeyReused o) {
            message.setKeyReused(record(o.before()));
        } else if (outcome instanceof Outcome.Invalid o) {
            message.setInvalid(ForwardProblems.newBuilder()
                    .addAllProblems(
                            o.problems().stream().map(RequestMessages::problem).toList()));
        } else if (outcome instanceof Outcome.JobNotFound o) {
            message.setJobNotFound(o.job().value());
        } else if (outcome instanceof Outcome.ExecutionNotFound o) {
            message.setExecutionNotFound(o.job().value());
        } else if (outcome instanceof Outcome.ParentNotFound o) {
            message.setParentNotFound(o.parent().value());
        } else if (outcome instanceof Outcome.HasDependents o) {
            message.setHasDependents(ForwardDependents.newBuilder()
                    .setJob(o.job().value())
                    .addAllDependents(
                            o.dependents().stream().map(JobName::value).toList()));
        } else if (outcome instanceof Outcome.RevisionMismatch o) {
            ForwardMismatch.Builder mismatch = ForwardMismatch.newBuilder();
            o.job().ifPresent(job -> mismatch.setJob(RequestMessages.job(job)));
            message.setRevisionMismatch(mismatch);
        } else if (outcome instanceof Outcome.JobDisabled o) {
            message.setJobDisabled(o.job().value());
        } else if (outcome instanceof Outcome.NoTarget o) {
            message.setNoTarget(o.job().value());
        } else if (outcome instanceof Outcome.NotRunning o) {
            message.setNotRunning(o.job().value());
        } else if (outcome instanceof Outcome.Paused) {
            message.setSubmissionsPaused(true);
        } else if (outcome instanceof Outcome.NotRolledBack) {
            message.setNotRolledBack(true);
        } else if (outcome instanceof Outcome.Unavailable o) {
            message.setUnavailable(
                    ForwardUnavailable.newBuilder().setId(o.requestId()).setReason(o.reason()));
        } else {
            throw new IllegalArgumentException("unknown outcome " + outcome.getClass());
        }
    }

    /** The outcome; empty where the server that was asked does not lead. */
    static Optional<Outcome> outcome(ForwardAnswer m) {
        return m.getOutcomeCase() == ForwardAnswer.OutcomeCase.NOT_LEADER ? Optional.empty() : Optional.of(read(m));
    }

    private static Outcome read(ForwardAnswer m) {
        switch (m.getOutcomeCase()) {
            case SAVED:
                return new Outcome.Saved(
                        RequestMessages.job(m.getSaved().getJob()),
                        m.getSaved().getCreated(),
                        group(m.getSaved().hasGroup(), m.getSaved().getGroup()));
            case CHECKED:
                return new Outcome.Checked(
                        RequestMessages.job(m.getChecked().getJob()),
                        m.getChecked().getCreates());
            case DELETED:
                return new Outcome.Deleted(
                        RequestMessages.job(m.getDeleted().getJob()),
                        names(m.getDeleted().getOthersList()));
            case RUN_STARTED:
                return new Outcome.RunStarted(
                        RequestMessages.job(m.getRunStarted().getJob()),
                        m.getRunStarted().getGroup());
            case EXECUTIONS_DELETED:
                return new Outcome.ExecutionsDeleted(RequestMessages.job(m.getExecutionsDeleted()));
            case RESTORED:
                return new Outcome.Restored(m.getRestored().getItemsList().stream()
                        .map(AnswerMessages::item)
                        .toList());
            case PAUSE_SET:
                return new Outcome.PauseSet(m.getPauseSet());
            case CANCELLING:
                return new Outcome.Cancelling(
                        RequestMessages.job(m.getCancelling().getJob()),
                        m.getCancelling().getExecutionsList().stream()
                                .map(AnswerMessages::execution)
                                .toList());
            case REPEATED:
                return new Outcome.Repeated(
                        record(m.getRepeated().getBefore()),
                        job(m.getRepeated().hasJob(), m.getRepeated().getJob()));
            default:
                return refusal(m);
        }
    }

    private static Outcome refusal(ForwardAnswer m) {
        switch (m.getOutcomeCase()) {
            case KEY_REUSED:
                return new Outcome.KeyReused(record(m.getKeyReused()));
            case INVALID:
                return new Outcome.Invalid(m.getInvalid().getProblemsList().stream()
                        .map(RequestMessages::problem)
                        .toList());
            case JOB_NOT_FOUND:
                return new Outcome.JobNotFound(new JobName(m.getJobNotFound()));
            case EXECUTION_NOT_FOUND:
                return new Outcome.ExecutionNotFound(new JobName(m.getExecutionNotFound()));
            case PARENT_NOT_FOUND:
                return new Outcome.ParentNotFound(new JobName(m.getParentNotFound()));
            case HAS_DEPENDENTS:
                return new Outcome.HasDependents(
                        new JobName(m.getHasDependents().getJob()),
                        names(m.getHasDependents().getDependentsList()));
            case REVISION_MISMATCH:
                return new Outcome.RevisionMismatch(job(
                        m.getRevisionMismatch().hasJob(),
                        m.getRevisionMismatch().getJob()));
            case JOB_DISABLED:
                return new Outcome.JobDisabled(new JobName(m.getJobDisabled()));
            case NO_TARGET:
                return new Outcome.NoTarget(new JobName(m.getNoTarget()));
            case NOT_RUNNING:
                return new Outcome.NotRunning(new JobName(m.getNotRunning()));
            case SUBMISSIONS_PAUSED:
                return new Outcome.Paused();
            case ROLLBACK_ACCEPTED:
                return new Outcome.RollbackAccepted(m.getRollbackAccepted());
            case NOT_ROLLED_BACK:
                return new Outcome.NotRolledBack();
            case UNAVAILABLE:
                return new Outcome.Unavailable(
                        m.getUnavailable().getId(), m.getUnavailable().getReason());
            default:
                throw new IllegalArgumentException("an outcome of a kind that this server does not know");
        }
    }

    private static ForwardRestoredItem item(Outcome.Restored.Item item) {
        ForwardRestoredItem.Builder message =
                ForwardRestoredItem.newBuilder().setJob(item.job().value());
        item.reason().ifPresent(message::setReason);
        return message.build();
    }

    private static Outcome.Restored.Item item(ForwardRestoredItem message) {
        return new Outcome.Restored.Item(
                new JobName(message.getJob()),
                message.hasReason() ? Optional.of(message.getReason()) : Optional.empty());
    }

    private static ForwardExecution execution(Execution execution) {
        return ForwardExecution.newBuilder()
                .setId(execution.id().toString())
                .setExecution(UnsafeByteOperations.unsafeWrap(ExecutionJson.store(execution)))
                .build();
    }

    private static Execution execution(ForwardExecution message) {
        return ExecutionJson.read(
                RequestMessages.id(message.getId()), message.getExecution().toByteArray());
    }

    private static ForwardRequestRecord record(RequestRecord record) {
        ForwardRequestRecord.Builder message = ForwardRequestRecord.newBuilder()
                .setId(record.id())
                .setKind(record.kind().name())
                .setRevision(record.revision())
                .setClientKey(record.clientKey())
                .setExpiresSeconds(record.expires().getEpochSecond())
                .setExpiresNanos(record.expires().getNano());
        record.job().ifPresent(job -> message.setJob(job.value()));
        record.group().ifPresent(message::setGroup);
        return message.build();
    }

    private static RequestRecord record(ForwardRequestRecord message) {
        return new RequestRecord(
                message.getId(),
                RequestRecord.Kind.valueOf(message.getKind()),
                message.hasJob() ? Optional.of(new JobName(message.getJob())) : Optional.empty(),
                message.getRevision(),
                group(message.hasGroup(), message.getGroup()),
                message.getClientKey(),
                Instant.ofEpochSecond(message.getExpiresSeconds(), message.getExpiresNanos()));
    }

    private static OptionalLong group(boolean there, long group) {
        return there ? OptionalLong.of(group) : OptionalLong.empty();
    }

    private static Optional<Job> job(boolean there, com.google.protobuf.ByteString bytes) {
        return there ? Optional.of(RequestMessages.job(bytes)) : Optional.empty();
    }

    private static List<JobName> names(List<String> names) {
        return names.stream().map(JobName::new).toList();
    }
}
