package io.dkron.cli.file;

import io.dkron.core.json.Json;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads the jobs of one text: JSON, an object or an array of them; or YAML 1.2, where each document is a job or a list of
 * jobs. Collects every fault. Stateless.
 */
final class JobText {
    private static final int LONGEST = 64 << 20; // as much as a restore takes
    private static final int MOST_ALIASES = 1_000;

    private JobText() {}

    /** The jobs and what is wrong with them; jobs with faults are there too. */
    record Read(List<JobSource> jobs, List<Fault> faults) {}

    static Read read(String file, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8).replaceFirst("^\uFEFF", "");
        Place place = new Place(file, 0, 0, 0);
        try {
            if (file.toLowerCase(Locale.ROOT).endsWith(".json")) {
                return json(place, text);
            }
            return looksLikeJson(text) ? jsonOrYaml(place, text) : yaml(place, text);
        } catch (JobFileException e) {
            return new Read(List.of(), e.faults()); // handed on with those of other files
        }
    }

    private static boolean looksLikeJson(String text) {
        String start = text.stripLeading();
        return start.startsWith("{") || start.startsWith("[");
    }

    /** YAML may begin with a brace too, but JSON with tabs is no YAML. */
    private static Read jsonOrYaml(Place place, String text) {
        try {
            Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInputException e) {
            return yaml(place, text);
        }
        return json(place, text);
    }

    // ------------------------------------------------------------------ JSON

    private static Read json(Place place, String text) {
        Object value;
        try {
            value = Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInputException e) {
            String message = e.problems().get(0).message();
            throw new JobFileException(List.of(new Fault(place, "", "", message)));
        }
        Found found = new Found();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                found.job(place.item(i + 1), FieldValues.written(list.get(i)), Map.of());
            }
        } else {
            found.job(place, FieldValues.written(value), Map.of());
        }
        return found.read();
    }

    // ------------------------------------------------------------------ YAML

    private static Read yaml(Place place, String text) {
        Found found = new Found();
        List<Node> documents = documents(place, text);
        for (int i = 0; i < documents.size(); i++) {
            Place at = new Place(place.file(), documents.size() == 1 ? 0 : i + 1, 0, 0);
            try {
                document(at, documents.get(i), found);
            } catch (JobFileException e) {
                found.faults.addAll(e.faults()); // and the other documents'
            }
        }
        return found.read();
    }

    private static void document(Place place, Node node, Found found) {
        YamlDocument document = new YamlDocument(place);
        if (node instanceof ScalarNode && node.getTag().equals(Tag.NULL)) {
            return; // nothing but comments
        }
        if (!(node instanceof SequenceNode sequence)) {
            Object job = document.value(node, "", 0);
            found.job(place.line(line(node)), job, document.takeLines());
            return;
        }
        List<Node> items = sequence.getValue();
        for (int i = 0; i < items.size(); i++) {
            Object job = document.value(items.get(i), "", 1);
            found.job(place.item(i + 1).line(line(items.get(i))), job, document.takeLines());
        }
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static List<Node> documents(Place place, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(place.file())
                .setSchema(new CoreSchema())
                .setCodePointLimit(LONGEST)
                .setMaxAliasesForCollections(MOST_ALIASES)
                .build();
        List<Node> documents = new ArrayList<>();
        try {
            new Compose(settings).composeAllFromString(text).forEach(documents::add);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new JobFileException(List.of(new Fault(place.line(line), "", "", "no YAML: " + e.getProblem())));
        } catch (YamlEngineException e) {
            throw new JobFileException(List.of(new Fault(place, "", "", "no YAML: " + e.getMessage())));
        } catch (StackOverflowError e) { // the library has no bound for how deep it reads
            throw new JobFileException(List.of(new Fault(place, "", "", "is nested deeper than can be read")));
        }
        return documents;
    }

    /** What was found so far. */
    private static final class Found {
        private final List<JobSource> jobs = new ArrayList<>();
        private final List<Fault> faults = new ArrayList<>();

        void job(Place place, Object value, Map<String, Integer> lines) {
            if (!(value instanceof Map)) {
                faults.add(new Fault(place, "", "", "must be a job, keys and values"));
                return;
            }
            FieldValues fields = new FieldValues();
            JobSource job = new JobSource(place, new LinkedHashMap<>(fields.of(Json.object(value))), lines);
            for (Problem problem : fields.problems()) {
                faults.add(job.fault(problem));
            }
            if (job.name().isEmpty()) {
                faults.add(job.fault(new Problem("name", "must be there, a text")));
            }
            jobs.add(job);
        }

        Read read() {
            return new Read(List.copyOf(jobs), List.copyOf(faults));
        }
    }
}
