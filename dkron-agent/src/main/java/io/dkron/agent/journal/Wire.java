package io.dkron.agent.journal;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.LogLimits;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values as the journal's bytes. The first byte of a value's record names its form; a new form gets a new number. */
final class Wire {
    private static final int MAX_TEXT = 64 << 20;

    private Wire() {}

    static void write(DataOutputStream out, Fence fence) throws IOException {
        text(out, fence.clusterId());
        out.writeLong(fence.term());
    }

    static Fence fence(DataInputStream in) throws IOException {
        return new Fence(text(in), in.readLong());
    }

    static void write(DataOutputStream out, RunKey key) throws IOException {
        text(out, key.jobUid());
        text(out, key.cause());
        text(out, key.node());
        out.writeInt(key.attempt());
    }

    static RunKey key(DataInputStream in) throws IOException {
        return new RunKey(text(in), text(in), text(in), in.readInt());
    }

    static void write(DataOutputStream out, Accepted accepted) throws IOException {
        RunOrder order = accepted.order();
        out.writeLong(accepted.number());
        write(out, accepted.at());
        write(out, order.id());
        write(out, order.key());
        text(out, order.job().value());
        out.writeLong(order.group());
        text(out, order.executor());
        out.writeInt(order.config().size());
        for (Map.Entry<String, String> entry : order.config().entrySet()) {
            text(out, entry.getKey());
            text(out, entry.getValue());
        }
        out.writeBoolean(order.timeout().isPresent());
        if (order.timeout().isPresent()) {
            out.writeLong(order.timeout().get().getSeconds());
            out.writeInt(order.timeout().get().getNano());
        }
        write(out, order.deadline());
    }

    static Accepted accepted(DataInputStream in) throws IOException {
        long number = in.readLong();
        Instant at = instant(in);
        ExecutionId id = id(in);
        RunKey key = key(in);
        JobName job = new JobName(text(in));
        long group = in.readLong();
        String executor = text(in);
        SortedMap<String, String> config = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            config.put(text(in), text(in));
        }
        Optional<Duration> timeout =
                in.readBoolean() ? Optional.of(Duration.ofSeconds(in.readLong(), in.readInt())) : Optional.empty();
        return new Accepted(number, new RunOrder(id, key, job, group, executor, config, timeout, instant(in)), at);
    }

    static void write(DataOutputStream out, LogLimits limits) throws IOException {
        out.writeBoolean(limits.size().isPresent());
        if (limits.size().isPresent()) {
            out.writeLong(limits.size().get());
        }
        out.writeBoolean(limits.age().isPresent());
        if (limits.age().isPresent()) {
            out.writeLong(limits.age().get().getSeconds());
            out.writeInt(limits.age().get().getNano());
        }
    }

    /** What {@link #accepted} read, with the limits that follow. */
    static Accepted keeping(Accepted accepted, DataInputStream in) throws IOException {
        Optional<Long> size = in.readBoolean() ? Optional.of(in.readLong()) : Optional.empty();
        Optional<Duration> age =
                in.readBoolean() ? Optional.of(Duration.ofSeconds(in.readLong(), in.readInt())) : Optional.empty();
        RunOrder keeping = accepted.order().keeping(new LogLimits(size, age));
        return new Accepted(accepted.number(), keeping, accepted.at());
    }

    static void write(DataOutputStream out, RunReport report) throws IOException {
        write(out, report.key());
        write(out, report.id());
        text(out, report.job().value());
        text(out, report.state().text());
        write(out, report.startedAt());
        write(out, report.finishedAt());
        text(out, report.error());
        out.writeLong(report.output().size());
        out.writeInt(report.output().bytes().length);
        out.write(report.output().bytes());
    }

    static RunReport report(DataInputStream in) throws IOException {
        RunKey key = key(in);
        ExecutionId id = id(in);
        JobName job = new JobName(text(in));
        ExecutionState state = state(text(in));
        Instant startedAt = instant(in);
        Instant finishedAt = instant(in);
        String error = text(in);
        long size = in.readLong();
        byte[] tail = bytes(in);
        return new RunReport(id, key, job, state, startedAt, finishedAt, error, new OutputTail(tail, size));
    }

    private static ExecutionState state(String text) throws IOException {
        for (ExecutionState state : ExecutionState.values()) {
            if (state.text().equals(text)) {
                return state;
            }
        }
        throw new IOException("unknown state " + text);
    }

    static void write(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private static void write(DataOutputStream out, ExecutionId id) throws IOException {
        out.writeLong(id.number());
        text(out, id.node());
    }

    private static ExecutionId id(DataInputStream in) throws IOException {
        return new ExecutionId(in.readLong(), text(in));
    }

    static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_TEXT) {
            throw new IOException("length " + length);
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}
