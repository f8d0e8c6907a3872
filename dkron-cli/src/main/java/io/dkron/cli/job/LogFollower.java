package io.dkron.cli.job;

import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.ApiException;
import io.dkron.cli.client.Fields;
import io.dkron.cli.client.OutputFollower;
import io.dkron.cli.print.Safe;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Prints what executions print, as it comes. Of several nodes each line says whose it is. One thread calls; each execution
 * is followed by a daemon thread of its own, and whole pieces are printed one at a time.
 */
final class LogFollower {
    /** How soon a retry is seen. */
    private static final long LOOK_EACH_MS = 500;

    private final ApiClient api;
    private final String job;
    private final Consumer<byte[]> out;
    private final Consumer<String> note;
    private final Runs runs;

    LogFollower(ApiClient api, String job, Consumer<byte[]> out, Consumer<String> note) {
        this.api = api;
        this.job = job;
        this.out = out;
        this.note = note;
        this.runs = new Runs(api, job);
    }

    /** How following one execution ended: empty when well, else why not. */
    private record Ended(Optional<RuntimeException> failure) {}

    /** Follows one execution; answers the exit code. */
    int execution(String id) {
        Map<String, Object> last = new OutputFollower(api, job, id, new Lines("")).follow();
        return end(List.of(last));
    }

    /** Follows all of a group, retries too; answers the exit code. */
    int group(String group, Optional<String> node) {
        BlockingQueue<Ended> ends = new LinkedBlockingQueue<>();
        Set<String> followed = new HashSet<>();
        int open = 0;
        while (true) {
            boolean ended = runs.ended(group);
            Optional<List<Map<String, Object>>> found = runs.ofGroup(group);
            List<Map<String, Object>> mine = mine(found.orElse(List.of()), node);
            boolean several = mine.stream().map(Runs::node).distinct().count() > 1;
            for (Map<String, Object> run : mine) {
                boolean started = !Fields.text(run, "state").equals("waiting");
                if (started && followed.add(Runs.id(run))) {
                    open++;
                    start(run, several, ends);
                }
            }
            if (open == 0 && (ended || found.isEmpty())) {
                return found.isEmpty() ? gone() : end(mine);
            }
            open -= await(ends);
        }
    }

    private static List<Map<String, Object>> mine(List<Map<String, Object>> group, Optional<String> node) {
        return group.stream()
                .filter(run -> node.filter(name -> !name.equals(Runs.node(run))).isEmpty())
                .toList();
    }

    private void start(Map<String, Object> run, boolean several, BlockingQueue<Ended> ends) {
        String attempt = Fields.number(run, "attempt");
        if (!attempt.equals("1")) {
            note.accept("attempt " + attempt + " on " + Safe.text(Runs.node(run)));
        }
        Lines lines = new Lines(several ? Safe.text(Runs.node(run)) + " | " : "");
        Thread thread = new Thread(
                () -> {
                    try {
                        new OutputFollower(api, job, Runs.id(run), lines).follow();
                        lines.end();
                        ends.add(new Ended(Optional.empty()));
                    } catch (RuntimeException e) { // thrown again by the thread that waits
                        ends.add(new Ended(Optional.of(e)));
                    }
                },
                "dkron-logs-" + Runs.id(run));
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits a moment for ends; answers how many there were. */
    private static int await(BlockingQueue<Ended> ends) {
        List<Ended> all = new ArrayList<>();
        try {
            Optional.ofNullable(ends.poll(LOOK_EACH_MS, TimeUnit.MILLISECONDS)).ifPresent(all::add);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while following", e);
        }
        ends.drainTo(all);
        for (Ended each : all) {
            if (each.failure().filter(failure -> !deleted(failure)).isPresent()) {
                throw each.failure().get();
            }
        }
        return all.size();
    }

    /** An ephemeral job takes its executions with it when it has succeeded. */
    private static boolean deleted(RuntimeException failure) {
        return failure instanceof ApiException e
                && (e.type().equals("job-not-found") || e.type().equals("execution-not-found"));
    }

    private int gone() {
        note.accept("job " + Safe.text(job) + " was deleted");
        return ApiCommand.FAILED;
    }

    private int end(List<Map<String, Object>> executions) {
        if (Runs.succeeded(executions)) {
            return ApiCommand.OK;
        }
        Map<String, Map<String, Object>> last = new LinkedHashMap<>();
        executions.forEach(run -> last.put(Runs.node(run), run)); // in order: the last attempt stays
        for (Map<String, Object> run : last.values()) {
            if (!Fields.flag(run, "success")) {
                note.accept(Safe.text(Runs.node(run)) + ": " + Fields.text(run, "state"));
            }
        }
        return ApiCommand.FAILED;
    }

    /** Prints output, with a mark before each line unless it is empty. */
    private final class Lines implements OutputFollower.Sink {
        private final byte[] mark;
        private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

        Lines(String mark) {
            this.mark = mark.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void bytes(byte[] bytes) {
            if (mark.length == 0) {
                print(bytes);
                return;
            }
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (byte b : bytes) {
                rest.write(b);
                if (b == '\n') {
                    whole.writeBytes(mark);
                    whole.writeBytes(rest.toByteArray());
                    rest.reset();
                }
            }
            print(whole.toByteArray());
        }

        @Override
        public void lost(long bytes) {
            note.accept(bytes + " bytes are no longer kept");
        }

        /** Prints a last line that was not ended. */
        void end() {
            if (rest.size() > 0) {
                bytes(new byte[] {'\n'});
            }
        }

        private void print(byte[] bytes) {
            synchronized (LogFollower.this) {
                out.accept(bytes);
            }
        }
    }
}
