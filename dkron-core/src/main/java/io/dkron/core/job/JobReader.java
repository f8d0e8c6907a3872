package io.dkron.core.job;

import io.dkron.core.json.JsonFields;
import io.dkron.core.json.Profile;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problem;
import io.dkron.core.problem.Problems;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one job that a client sent, and tells all that is wrong with it. For one use. */
final class JobReader {
    private static final Set<String> KNOWN = known();

    private final JsonFields in;
    private final String prefix;
    private final JobJson.Reading reading;
    private final Problems wrongTypes = new Problems();
    private final Problems broken = new Problems();

    JobReader(Map<String, Object> object, String prefix, JobJson.Reading reading) {
        this.prefix = prefix;
        this.reading = reading;
        this.in = new JsonFields(object, KNOWN, prefix, wrongTypes);
    }

    JobJson.Parsed read() {
        Optional<JobName> name = name();
        // A definition needs a name; where that is wrong the others are checked under one that cannot be a parent's.
        JobDefinition.Builder builder =
                JobDefinition.named(name.map(JobName::value).orElse("\0"));
        JobFields.read(in, builder, broken, prefix);
        JobDefinition job = builder.build();
        Optional<JobJson.Counters> counters = reading.restore() ? Optional.of(counters()) : Optional.empty();
        JobRules.check(job, reading.dialect()).forEach(this::add);
        if (!wrongTypes.isEmpty() || !broken.isEmpty()) {
            throw refused();
        }
        List<String> warnings = new ArrayList<>();
        in.unknown().forEach(field -> warnings.add("unknown field " + field));
        return new JobJson.Parsed(job, warnings, counters);
    }

    private Optional<JobName> name() {
        String sent = in.text("name", reading.pathName().orElse(""));
        if (in.has("name") && !wrongTypes.isEmpty()) {
            return Optional.empty();
        }
        if (!sent.isEmpty() && reading.stored().test(sent)) {
            return Optional.of(new JobName(sent));
        }
        String name = reading.dialect() == Profile.V1 ? JobRules.slug(sent) : sent;
        Optional<String> fault = JobRules.nameFault(name, reading.dialect());
        fault.ifPresent(message -> broken.add(prefix + "name", message));
        return fault.isPresent() ? Optional.empty() : Optional.of(new JobName(name));
    }

    private JobJson.Counters counters() {
        String status = in.text("status", "");
        return new JobJson.Counters(
                in.integer("success_count", 0, Long.MAX_VALUE, 0),
                in.integer("error_count", 0, Long.MAX_VALUE, 0),
                in.time("last_success"),
                in.time("last_error"),
                Words.find(JobStatus.values(), JobStatus::text, status)
                        .filter(s -> s != JobStatus.RUNNING)
                        .orElse(JobStatus.NONE));
    }

    /** A rule that is broken by what stands in for a value of a wrong type is no second fault. */
    private void add(Problem problem) {
        String field = prefix + problem.field();
        if (wrongTypes.list().stream().noneMatch(p -> p.field().equals(field))) {
            broken.add(field, problem.message());
        }
    }

    private InvalidInputException refused() {
        List<Problem> all = new ArrayList<>(wrongTypes.list());
        all.addAll(broken.list());
        all.sort(Comparator.comparingInt(this::order)); // stable: faults of one field keep their order
        return wrongTypes.isEmpty() ? new InvalidInputException(all) : new MalformedInputException(all);
    }

    private int order(Problem problem) {
        String field = problem.field().substring(prefix.length());
        int dot = field.indexOf('.');
        int place = ORDER.indexOf(dot < 0 ? field : field.substring(0, dot));
        return place < 0 ? ORDER.size() : place;
    }

    private static final List<String> ORDER = List.copyOf(KNOWN);

    private static Set<String> known() {
        Set<String> names = new LinkedHashSet<>(JobFields.DEFINED);
        names.addAll(JobFields.COMPUTED);
        return Collections.unmodifiableSet(names);
    }
}
