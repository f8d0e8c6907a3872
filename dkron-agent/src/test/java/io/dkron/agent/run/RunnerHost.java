package io.dkron.agent.run;

import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A process to be killed: runs each command of its arguments, then waits. First argument: the directory. */
public final class RunnerHost {
    private RunnerHost() {}

    public static RunOrder order(int number, String command) {
        return new RunOrder(
                new ExecutionId(number, "n1"),
                new RunKey("uid", "request:" + number, "n1", 1),
                new JobName("job1"),
                number,
                "shell",
                new TreeMap<>(Map.of("command", command, "shell", "true")),
                Optional.empty(),
                Instant.parse("2100-01-01T00:00:00Z"));
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (TestNode node = new TestNode(Path.of(arguments[0]))) {
            for (int i = 1; i < arguments.length; i++) {
                node.runner.run(TestNode.FENCE, List.of(order(i, arguments[i])));
            }
            System.out.println("accepted");
            Thread.sleep(600_000);
        }
    }
}
