package io.dkron.tests.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job that a page of {@code docs} shows: a block {@code json}, and under it, if it is told what comes of it, a block
 * {@code result} of statements, one a line: {@code run: failed, 3 attempts}. A line that begins with a blank goes on with
 * the one before.
 *
 * @param json the job as printed
 * @param result what comes of it, in order; empty where nothing is told
 */
record JobExample(String name, String json, List<Statement> result) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```json\\n(.*?)^```$(?:\\n```result\\n(.*?)^```$)?");
    private static final Pattern LINE = Pattern.compile("(?m)^(\\S[^:\\n]*): (.*(?:\\n .*)*)$");

    /** One thing that is told of a job. */
    record Statement(String of, String says) {}

    /** The examples of a page, in its order. */
    static List<JobExample> of(String page) {
        List<JobExample> examples = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text(page));
        while (blocks.find()) {
            String json = blocks.group(1);
            List<Statement> result = new ArrayList<>();
            if (blocks.group(2) != null) {
                result.addAll(statements(blocks.group(2)));
            }
            examples.add(new JobExample(Api.parse(json).path("name").asText(), json, List.copyOf(result)));
        }
        return examples;
    }

    private static List<Statement> statements(String block) {
        List<Statement> statements = LINE.matcher(block)
                .results()
                .map(line -> new Statement(line.group(1), line.group(2)))
                .toList();
        long lines = block.lines().filter(line -> !line.startsWith(" ")).count();
        if (statements.size() != lines) {
            throw new AssertionError("not each line is a statement, as in \"run: success\":\n" + block);
        }
        return statements;
    }

    /** A page of {@code docs} as it is. */
    static String text(String page) {
        try {
            return Files.readString(Distribution.root().resolve("docs").resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The job as printed, for reading. */
    ObjectNode job() {
        return Api.parse(json);
    }

    @Override
    public String toString() {
        return name;
    }
}
