package io.dkron.agent.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.dkron.agent.rpc.proto.Order;
import io.dkron.agent.rpc.proto.Report;
import io.dkron.agent.rpc.proto.Time;
import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.LogLimits;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;

/** Domain values as messages and back. Bad messages throw IllegalArgumentException. */
public final class Messages {
    private Messages() {}

    public static io.dkron.agent.rpc.proto.Fence of(Fence fence) {
        return io.dkron.agent.rpc.proto.Fence.newBuilder()
                .setClusterId(fence.clusterId())
                .setTerm(fence.term())
                .build();
    }

    public static Fence fence(io.dkron.agent.rpc.proto.Fence message) {
        return new Fence(message.getClusterId(), message.getTerm());
    }

    public static io.dkron.agent.rpc.proto.RunKey of(RunKey key) {
        return io.dkron.agent.rpc.proto.RunKey.newBuilder()
                .setJobUid(key.jobUid())
                .setCause(key.cause())
                .setNode(key.node())
                .setAttempt(key.attempt())
                .build();
    }

    public static RunKey key(io.dkron.agent.rpc.proto.RunKey message) {
        return new RunKey(message.getJobUid(), message.getCause(), message.getNode(), message.getAttempt());
    }

    public static Order of(RunOrder order) {
        Order.Builder message = Order.newBuilder()
                .setIdNumber(order.id().number())
                .setIdNode(order.id().node())
                .setKey(of(order.key()))
                .setJob(order.job().value())
                .setGroup(order.group())
                .setExecutor(order.executor())
                .putAllConfig(order.config())
                .setDeadline(of(order.deadline()))
                .setJournal(order.journal());
        order.timeout()
                .ifPresent(t -> message.setTimeout(
                        Time.newBuilder().setSeconds(t.getSeconds()).setNanos(t.getNano())));
        order.keep().ifPresent(keep -> {
            io.dkron.agent.rpc.proto.LogLimits.Builder limits = io.dkron.agent.rpc.proto.LogLimits.newBuilder();
            keep.size().ifPresent(limits::setSize);
            keep.age()
                    .ifPresent(a -> limits.setAge(
                            Time.newBuilder().setSeconds(a.getSeconds()).setNanos(a.getNano())));
            message.setKeep(limits);
        });
        return message.build();
    }

    private static LogLimits limits(io.dkron.agent.rpc.proto.LogLimits message) {
        return new LogLimits(
                message.hasSize() ? Optional.of(message.getSize()) : Optional.empty(),
                message.hasAge()
                        ? Optional.of(Duration.ofSeconds(
                                message.getAge().getSeconds(), message.getAge().getNanos()))
                        : Optional.empty());
    }

    public static RunOrder order(Order message) {
        return new RunOrder(
                new ExecutionId(message.getIdNumber(), message.getIdNode()),
                key(message.getKey()),
                new JobName(message.getJob()),
                message.getGroup(),
                message.getExecutor(),
                new TreeMap<>(message.getConfigMap()),
                message.hasTimeout()
                        ? Optional.of(Duration.ofSeconds(
                                message.getTimeout().getSeconds(),
                                message.getTimeout().getNanos()))
                        : Optional.empty(),
                instant(message.getDeadline()),
                message.getJournal(),
                message.hasKeep() ? Optional.of(limits(message.getKeep())) : Optional.empty());
    }

    public static Report of(RunReport report) {
        return Report.newBuilder()
                .setIdNumber(report.id().number())
                .setIdNode(report.id().node())
                .setKey(of(report.key()))
                .setJob(report.job().value())
                .setState(report.state().text())
                .setStartedAt(of(report.startedAt()))
                .setFinishedAt(of(report.finishedAt()))
                .setError(report.error())
                .setOutput(UnsafeByteOperations.unsafeWrap(report.output().bytes()))
                .setOutputSize(report.output().size())
                .build();
    }

    public static RunReport report(Report message) {
        ExecutionState state = Arrays.stream(ExecutionState.values())
                .filter(s -> s.text().equals(message.getState()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown state " + message.getState()));
        return new RunReport(
                new ExecutionId(message.getIdNumber(), message.getIdNode()),
                key(message.getKey()),
                new JobName(message.getJob()),
                state,
                instant(message.getStartedAt()),
                instant(message.getFinishedAt()),
                message.getError(),
                new OutputTail(message.getOutput().toByteArray(), message.getOutputSize()));
    }

    public static Time of(Instant instant) {
        return Time.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    public static Instant instant(Time message) {
        return Instant.ofEpochSecond(message.getSeconds(), message.getNanos());
    }
}
