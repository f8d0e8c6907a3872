package io.dkron.agent.run;

import com.sun.management.OperatingSystemMXBean;
import io.dkron.core.execution.RunOrder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

/** How fast a batch of {@code true} starts and what a run costs; arguments: runs a batch, batches. Not a test. */
public final class SpawnBench {
    private SpawnBench() {}

    public static void main(String[] arguments) throws Exception {
        int runs = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("dkron-bench");
        try (TestNode node = new TestNode(directory)) {
            for (int batch = 0; batch < Integer.parseInt(arguments[1]); batch++) {
                RunOrder[] orders = Stream.generate(() -> TestNode.direct("true"))
                        .limit(runs)
                        .toArray(RunOrder[]::new);
                long cpu = cpu();
                Instant begin = Instant.now();
                long start = System.nanoTime();
                node.accept(orders);
                double accepted = (System.nanoTime() - start) / 1e6;
                while (node.runner.running() > 0) {
                    Thread.sleep(5);
                }
                double done = (System.nanoTime() - start) / 1e6;
                double used = (cpu() - cpu) / 1e6 / runs;
                long last = 0;
                for (RunOrder order : orders) {
                    last = Math.max(last, node.result(order).startedAt().toEpochMilli() - begin.toEpochMilli());
                }
                node.runner.acknowledge(Arrays.stream(orders).map(RunOrder::key).toList());
                System.out.printf(
                        "runs=%d accepted=%.0f ms last start=%d ms all done=%.0f ms cpu a run=%.2f ms%n",
                        runs, accepted, last, done, used);
                Thread.sleep(300);
            }
        }
    }

    /** Nanoseconds of this process and of the supervisors with all that they waited for. */
    private static long cpu() throws IOException {
        long own = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
        long ticks = 0;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                if (process.getFileName().toString().matches("\\d+")) {
                    ticks += supervisorTicks(process);
                }
            }
        }
        return own + ticks * 10_000_000;
    }

    private static long supervisorTicks(Path process) {
        try {
            if (!Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .contains("dkron-bench")) {
                return 0;
            }
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] rest = stat.substring(stat.lastIndexOf(") ") + 2).split(" ", -1);
            return Long.parseLong(rest[11])
                    + Long.parseLong(rest[12])
                    + Long.parseLong(rest[13])
                    + Long.parseLong(rest[14]);
        } catch (IOException e) {
            return 0; // it ended
        }
    }
}
