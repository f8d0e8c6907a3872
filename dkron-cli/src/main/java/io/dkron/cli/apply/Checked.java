package io.dkron.cli.apply;

import io.dkron.cli.file.JobSource;
import java.util.List;
import java.util.Map;

/**
 * A job that the server would take.
 *
 * @param definition as the server would store it
 * @param schedule the server's words about its firings, see the API's {@code validate}
 * @param warnings what is accepted but doubtful
 */
public record Checked(JobSource source, Definition definition, Map<String, Object> schedule, List<String> warnings) {
    public Checked {
        warnings = List.copyOf(warnings);
    }
}
