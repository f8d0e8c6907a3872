package io.dkron.cli.job;

import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.print.Safe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dkron job logs}. */
@Command(
        name = "logs",
        description = {
            "Print what a job printed in its last run, or in one execution.",
            "With -f it goes on until the run has ended on every node, and ends with 1 if it failed."
        })
final class JobLogsCommand extends ApiCommand {
    @Parameters(index = "0", paramLabel = "<job>")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "<execution>",
            description = "an execution or a group, see dkron job history; the newest group otherwise")
    private Optional<String> execution = Optional.empty();

    @Option(
            names = {"-f", "--follow"},
            description = "print more as it comes, until the end")
    private boolean follow;

    @Option(names = "--node", paramLabel = "<name>", description = "only what ran on this node")
    private Optional<String> node = Optional.empty();

    JobLogsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        Runs runs = new Runs(api, name);
        Optional<String> single = execution.filter(id -> !isGroup(id));
        if (single.isPresent()) {
            return follow
                    ? new LogFollower(api, name, this::bytes, this::note).execution(single.get())
                    : print(api, List.of(one(api, single.get())));
        }
        List<Map<String, Object>> found = group(api, runs);
        if (found.isEmpty()) {
            failed(nothing());
            return FAILED;
        }
        String group = Fields.number(found.get(0), "group");
        return follow ? new LogFollower(api, name, this::bytes, this::note).group(group, node) : print(api, found);
    }

    private static boolean isGroup(String id) {
        return id.matches("\\d+");
    }

    private Map<String, Object> one(ApiClient api, String id) {
        return api.ask(Call.get(Call.job(name, "/executions/" + Call.encoded(id))))
                .object();
    }

    private List<Map<String, Object>> group(ApiClient api, Runs runs) {
        // Asked in this way an unknown job is an error that the API words.
        List<Map<String, Object>> newest = api.ask(Call.get(Call.job(name, "/executions?_end=1&output_size_limit=0")))
                .objects();
        Optional<String> group =
                execution.or(() -> newest.stream().findFirst().map(run -> Fields.number(run, "group")));
        return group.flatMap(runs::ofGroup).orElse(List.of()).stream()
                .filter(run ->
                        node.filter(wanted -> !wanted.equals(Runs.node(run))).isEmpty())
                .toList();
    }

    private String nothing() {
        String where = node.map(each -> " on node " + each).orElse("");
        return execution
                .map(group -> name + " has no execution" + where + " in group " + group)
                .orElseGet(() -> name + (where.isEmpty() ? " has not run yet" : " did not run" + where));
    }

    private int print(ApiClient api, List<Map<String, Object>> executions) {
        boolean first = true;
        for (Map<String, Object> run : executions) {
            if (executions.size() > 1) {
                out().println((first ? "" : System.lineSeparator()) + "==> " + Safe.text(Runs.node(run)) + ", attempt "
                        + Fields.number(run, "attempt") + ", " + Fields.text(run, "state") + " <==");
            }
            first = false;
            print(api, run);
        }
        return OK;
    }

    private void print(ApiClient api, Map<String, Object> run) {
        Answer output = api.ask(Call.get(Call.job(name, "/executions/" + Call.encoded(Runs.id(run)) + "/output"))
                .with("Accept", "*/*"));
        output.header("Dkron-Output-Offset")
                .filter(cut -> !cut.equals("0"))
                .ifPresent(cut -> note("the first " + cut + " bytes are no longer kept"));
        bytes(output.body());
        boolean open = output.body().length > 0 && output.body()[output.body().length - 1] != '\n';
        if (open && surroundings().terminal().person()) {
            bytes(System.lineSeparator().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void note(String text) {
        err().println("dkron: " + text);
        err().flush();
    }
}
