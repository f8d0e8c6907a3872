package io.dkron.cli.job;

import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.print.Safe;
import io.dkron.cli.print.When;
import io.dkron.core.time.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dkron job run}. */
@Command(
        name = "run",
        description = {
            "Run a job now, whatever its schedule says, and wait until it has ended on every node.",
            "Ends with 0 when it succeeded everywhere, with 1 when it did not."
        })
final class JobRunCommand extends ApiCommand {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    @Parameters(paramLabel = "<job>")
    private String name;

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "wait for its end, which is the default; --no-wait returns when the run is recorded")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "<duration>",
            description = "longest wait, such as 5m; the run itself goes on")
    private Optional<String> timeout = Optional.empty();

    JobRunCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        Optional<Duration> longest = timeout.map(this::duration);
        Answer answer = api.ask(Call.post(Call.job(name, "/run")).with("Prefer", "respond-async"));
        String group = answer.header("Dkron-Execution-Group").orElse("");
        if (!wait) {
            out().println(Safe.text(name) + " started, group " + group);
            return OK;
        }
        boolean ephemeral = answer.body().length > 0 && Fields.flag(answer.object(), "ephemeral");
        return follow(new Runs(api, name), group, longest, ephemeral);
    }

    private Duration duration(String text) {
        return GoDuration.parse(text, reason -> {
                    throw wrong("--timeout: " + reason);
                })
                .filter(time -> !time.isNegative())
                .orElseThrow(() -> wrong("--timeout: must not be negative"));
    }

    private int follow(Runs runs, String group, Optional<Duration> longest, boolean ephemeral) {
        Set<String> told = new HashSet<>();
        Instant from = surroundings().clock().instant();
        Duration pause = FIRST_PAUSE;
        while (true) {
            boolean ended = runs.ended(group);
            Optional<List<Map<String, Object>>> found = runs.ofGroup(group);
            if (found.isEmpty()) {
                return gone(ephemeral);
            }
            found.get().stream()
                    .filter(run -> !Runs.underWay(run) && told.add(Runs.id(run)))
                    .forEach(this::tell);
            if (ended) {
                return Runs.succeeded(found.get()) ? OK : FAILED;
            }
            Duration waited = Duration.between(from, surroundings().clock().instant());
            if (longest.filter(most -> waited.compareTo(most) >= 0).isPresent()) {
                failed(name + " still runs after " + When.took(waited) + "; group " + group + " goes on");
                return FAILED;
            }
            surroundings().pause().sleep(pause);
            pause = pause.multipliedBy(3).dividedBy(2).compareTo(LONGEST_PAUSE) > 0
                    ? LONGEST_PAUSE
                    : pause.multipliedBy(3).dividedBy(2);
        }
    }

    private int gone(boolean ephemeral) {
        if (ephemeral) {
            out().println(Safe.text(name) + " succeeded and, being ephemeral, is deleted");
            return OK;
        }
        failed("job " + name + " was deleted while it ran");
        return FAILED;
    }

    private void tell(Map<String, Object> run) {
        String attempt = Fields.number(run, "attempt");
        String line = Safe.text(Runs.node(run)) + ": " + Fields.text(run, "state")
                + (attempt.equals("1") ? "" : " in attempt " + attempt) + ", "
                + Runs.took(run, surroundings().clock().instant());
        boolean success = Fields.flag(run, "success");
        out().println(
                        success
                                ? surroundings().terminal().green(line)
                                : surroundings().terminal().red(line));
        if (!success) {
            out().println("  see: dkron job logs " + Safe.text(name) + " " + Runs.id(run));
        }
    }
}
