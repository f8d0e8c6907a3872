package io.dkron.cli.job;

import io.dkron.cli.apply.Checked;
import io.dkron.cli.apply.Checker;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Fields;
import io.dkron.cli.file.JobFileException;
import io.dkron.cli.file.JobSource;
import io.dkron.cli.print.Safe;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dkron validate}. */
@Command(
        name = "validate",
        description = {
            "Check jobs in files as a server would when it stores them, and change nothing.",
            "Ends with 0 when all are valid, with 1 when one is not."
        })
public final class ValidateCommand extends ApiCommand {
    @Mixin
    private FilesOption files;

    ValidateCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        try {
            List<JobSource> jobs = files.read(surroundings().in());
            List<Checked> checked = new Checker(api).check(jobs);
            checked.forEach(this::tell);
            return OK;
        } catch (JobFileException e) {
            e.faults().forEach(fault -> failed(Safe.text(fault.toString())));
            return FAILED;
        }
    }

    private void tell(Checked job) {
        out().println(Safe.text(job.source().place() + ": job " + job.source().name() + ": valid" + schedule(job)));
        job.warnings().forEach(warning -> out().println(Safe.text("  warning: " + warning)));
    }

    private String schedule(Checked job) {
        if (job.source().parent().isPresent()) {
            return ", after " + job.source().parent().get();
        }
        String words = Fields.text(job.schedule(), "description");
        List<Map<String, Object>> next = Fields.objects(Fields.list(job.schedule(), "next"));
        String at = next.stream()
                .findFirst()
                .flatMap(firing -> Fields.time(firing, "utc"))
                .map(time -> ", next " + when().both(time))
                .orElse(", no firing to come");
        return (words.isEmpty() ? "" : ", " + words) + at;
    }
}
