package io.dkron.cli.job;

import io.dkron.cli.apply.Applier;
import io.dkron.cli.apply.Change;
import io.dkron.cli.apply.Checked;
import io.dkron.cli.apply.Checker;
import io.dkron.cli.apply.Difference;
import io.dkron.cli.apply.Planner;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Fields;
import io.dkron.cli.file.JobFileException;
import io.dkron.cli.print.Safe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dkron apply}. */
@Command(
        name = "apply",
        description = {
            "Create and update jobs so that they are as files say.",
            "Every job is checked first; if one is wrong, nothing is changed.",
            "Ends with 0 when all is done, with 1 when something failed, with 2 when the command is wrong."
        })
public final class ApplyCommand extends ApiCommand {
    @Mixin
    private FilesOption files;

    @Option(names = "--dry-run", description = "show what would change, field by field, and change nothing")
    private boolean dryRun;

    @Option(names = "--prune", description = "delete the jobs with the --label that no file has any more")
    private boolean prune;

    @Option(
            names = {"--label", "-l"},
            paramLabel = "<key=value>",
            description = "for --prune: what the metadata of its jobs carries; may be repeated, then all must be there")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = {"-y", "--yes"},
            description = "delete without asking")
    private boolean yes;

    ApplyCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        if (prune == labels.isEmpty()) {
            throw wrong(
                    prune ? "--prune: needs --label, which says whose jobs these are" : "--label: goes with --prune");
        }
        try {
            List<Checked> checked =
                    new Checker(api).check(files.read(surroundings().in()));
            warn(checked);
            List<Change> plan = new Planner(api).plan(checked, labels);
            if (dryRun) {
                plan.forEach(this::show);
                out().println(summary(plan, "to be "));
                return OK;
            }
            return agreed(plan) ? apply(api, plan) : FAILED;
        } catch (JobFileException e) {
            e.faults().forEach(fault -> failed(Safe.text(fault.toString())));
            failed("nothing was changed");
            return FAILED;
        }
    }

    private void warn(List<Checked> checked) {
        for (Checked job : checked) {
            String at = "dkron: warning: " + job.source().place() + ": job "
                    + job.source().name() + ": ";
            job.warnings().forEach(warning -> err().println(Safe.text(at + warning)));
            if (!Fields.texts(job.definition().fields(), "metadata").entrySet().containsAll(labels.entrySet())) {
                err().println(Safe.text(
                        at + "has not the label " + JobText.pairs(labels, "") + ", so --prune will never delete it"));
            }
        }
    }

    /** Deleting needs a yes: of a person, or in the command. */
    private boolean agreed(List<Change> plan) {
        List<String> going = plan.stream()
                .filter(change -> change.kind() == Change.Kind.DELETE)
                .map(Change::name)
                .toList();
        if (going.isEmpty() || yes) {
            return true;
        }
        err().println("no file has these any more:");
        going.forEach(name -> err().println("  " + Safe.text(name)));
        if (!surroundings().terminal().person() || files.usesStandardInput()) {
            throw wrong("--prune: there is nobody to ask; -y deletes them, --dry-run only shows them");
        }
        if (agrees("Delete them with all executions?")) {
            return true;
        }
        err().println("nothing was changed");
        return false;
    }

    private int apply(ApiClient api, List<Change> plan) {
        Applier applier = new Applier(api, this::done, message -> failed(Safe.text(message)));
        int failures = applier.apply(plan);
        if (failures > 0) {
            failed(failures + " of " + plan.size() + " failed; the others are done");
        }
        return failures == 0 ? OK : FAILED;
    }

    private void done(Change change) {
        String line = Safe.text(change.name()) + " " + change.kind().done();
        out().println(
                        switch (change.kind()) {
                            case CREATE, UPDATE -> surroundings().terminal().green(line);
                            case DELETE -> surroundings().terminal().red(line);
                            case KEEP -> line;
                        });
    }

    private void show(Change change) {
        if (change.kind() == Change.Kind.KEEP) {
            return;
        }
        String from =
                change.wanted().map(job -> "  (" + job.source().place() + ")").orElse("");
        String word = change.kind().name().toLowerCase(java.util.Locale.ROOT);
        out().println(surroundings().terminal().bold(word + " " + Safe.text(change.name() + from)));
        new Difference(surroundings().terminal()).of(change).forEach(out()::println);
    }

    private static String summary(List<Change> plan, String prefix) {
        Map<Change.Kind, Long> counts =
                plan.stream().collect(Collectors.groupingBy(Change::kind, Collectors.counting()));
        return List.of(Change.Kind.values()).stream()
                .filter(kind -> counts.containsKey(kind))
                .map(kind -> counts.get(kind) + " " + (kind == Change.Kind.KEEP ? "" : prefix) + kind.done())
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(", "), text -> text.isEmpty() ? "no jobs" : text));
    }
}
