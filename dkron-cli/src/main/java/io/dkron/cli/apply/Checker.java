package io.dkron.cli.apply;

import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.ApiException;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.file.Fault;
import io.dkron.cli.file.JobFileException;
import io.dkron.cli.file.JobSource;
import io.dkron.core.config.NearestName;
import io.dkron.core.job.JobJson;
import io.dkron.core.json.Json;
import io.dkron.core.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Has the server judge jobs before anything is changed. A field that the server does not know is a fault here, though it
 * would take the job: in a file that somebody wrote, it is a slip.
 *
 * <p>A job whose parent is among the files is judged without it: the parent may not be stored yet, or may be stored as
 * something's child. Whether the parents of the files form trees is {@link JobOrder}'s matter.
 */
public final class Checker {
    private static final String UNKNOWN_FIELD = "unknown field ";

    private final ApiClient api;
    private final List<Fault> faults = new ArrayList<>();

    public Checker(ApiClient api) {
        this.api = api;
    }

    /**
     * Judges all.
     *
     * @throws JobFileException with every fault of every job
     * @throws ApiException if the server does not answer, or refuses to
     */
    public List<Checked> check(List<JobSource> jobs) {
        Set<String> names = jobs.stream().map(JobSource::name).collect(Collectors.toSet());
        List<Checked> checked = new ArrayList<>();
        for (JobSource job : jobs) {
            boolean follows = job.parent().filter(names::contains).isPresent();
            check(job, follows).ifPresent(checked::add);
        }
        if (!faults.isEmpty()) {
            throw new JobFileException(faults);
        }
        return checked;
    }

    private Optional<Checked> check(JobSource job, boolean follows) {
        Answer answer;
        try {
            answer = api.ask(Call.post("/v1/jobs/validate?count=1", follows ? alone(job) : job.json()));
        } catch (ApiException e) {
            if (!refuses(e)) {
                throw e;
            }
            faults.addAll(faults(job, e));
            return Optional.empty();
        }
        Map<String, Object> body = answer.object();
        List<String> warnings = Fields.strings(body, "warnings");
        warnings.stream()
                .filter(warning -> warning.startsWith(UNKNOWN_FIELD))
                .map(warning -> warning.substring(UNKNOWN_FIELD.length()))
                .forEach(field -> faults.add(job.fault(new Problem(field, unknown(field)))));
        Definition definition = Definition.of(Fields.object(body, "job"));
        if (follows) {
            definition = definition
                    .with("parent_job", job.parent().orElseThrow())
                    .with("schedule", Fields.text(job.fields(), "schedule"));
        }
        return Optional.of(new Checked(
                job,
                definition,
                follows ? Map.of() : Fields.object(body, "schedule"),
                warnings.stream()
                        .filter(warning -> !warning.startsWith(UNKNOWN_FIELD))
                        .filter(warning -> !follows || !warning.startsWith("schedule "))
                        .toList()));
    }

    /** The job as it would be without its parent; what it may lack then is filled in. */
    private static byte[] alone(JobSource job) {
        Map<String, Object> fields = new LinkedHashMap<>(job.fields());
        fields.remove("parent_job");
        if (fields.getOrDefault("schedule", "") instanceof String schedule && schedule.isBlank()
                || fields.get("schedule") == Json.NULL) {
            fields.put("schedule", "@manually");
        }
        return Json.write(fields);
    }

    private static boolean refuses(ApiException e) {
        return Set.of("validation", "malformed", "parent-not-found", "too-large")
                .contains(e.type());
    }

    private static List<Fault> faults(JobSource job, ApiException e) {
        if (e.problems().isEmpty()) {
            String field = e.type().equals("parent-not-found") ? "parent_job" : "";
            String parent = job.parent().map(name -> " (\"" + name + "\")").orElse("");
            return List.of(job.fault(new Problem(field, e.detail() + (field.isEmpty() ? "" : parent))));
        }
        return e.problems().stream().map(job::fault).toList();
    }

    private static String unknown(String field) {
        return "is no field of a job"
                + NearestName.of(field, known())
                        .map(name -> "; did you mean " + name.replace('-', '_') + "?")
                        .orElse("");
    }

    /** As {@link NearestName} compares. */
    private static List<String> known() {
        return JobJson.definedFields().stream()
                .map(name -> name.replace('_', '-'))
                .toList();
    }
}
