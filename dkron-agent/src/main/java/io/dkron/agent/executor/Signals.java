package io.dkron.agent.executor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Signals by name and number. */
final class Signals {
    /** As Go's library words them, since clients of Dkron know these. */
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "hangup"),
            Map.entry(2, "interrupt"),
            Map.entry(3, "quit"),
            Map.entry(4, "illegal instruction"),
            Map.entry(5, "trace/breakpoint trap"),
            Map.entry(6, "aborted"),
            Map.entry(7, "bus error"),
            Map.entry(8, "floating point exception"),
            Map.entry(9, "killed"),
            Map.entry(10, "user defined signal 1"),
            Map.entry(11, "segmentation fault"),
            Map.entry(12, "user defined signal 2"),
            Map.entry(13, "broken pipe"),
            Map.entry(14, "alarm clock"),
            Map.entry(15, "terminated"));

    private Signals() {}

    static String name(int signal) {
        return NAMES.getOrDefault(signal, "signal " + signal);
    }

    /** Sends a signal to a process group at once, and to what else belongs to the run. */
    static void send(String signal, long group, List<ProcessTable.Entry> tree) throws IOException {
        List<String> targets = new ArrayList<>();
        if (tree.stream().anyMatch(e -> e.group() == group)) {
            targets.add("-" + group);
        }
        tree.stream().filter(e -> e.group() != group).forEach(e -> targets.add(Long.toString(e.pid())));
        Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + String.join(" ", targets))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        kill.getOutputStream().close();
        try {
            kill.waitFor(5, TimeUnit.SECONDS); // its status says only that some had ended meanwhile
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
