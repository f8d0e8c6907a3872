package io.dkron.web.page;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which page an address below the context root means. Immutable.
 *
 * @param job the job's name, decoded; empty where the page is of no job, or of one that is yet to be made
 * @param run the execution's public name, decoded; empty but for {@link Page#RUN}
 */
public record Route(Page page, String job, String run) {
    /** The pages there are. */
    public enum Page {
        OVERVIEW("overview"),
        JOBS("jobs"),
        JOB("job"),
        RUN("run"),
        EDITOR("editor"),
        MEMBERS("members"),
        REFERENCE("reference"),
        NOT_FOUND("not-found");

        private final String text;

        Page(String text) {
            this.text = text;
        }

        /** The name of its view and of its custom element. */
        public String text() {
            return text;
        }
    }

    /** What an address that means nothing leads to. */
    public static final Route NOT_FOUND = new Route(Page.NOT_FOUND, "", "");

    /** The form for a new job. A job of that name has the same address with a {@code /} at its end. */
    private static final String NEW_JOB = "/jobs/new";

    public Route {
        Objects.requireNonNull(page, "page");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(run, "run");
    }

    /** Reads a path as it was sent, still encoded, from the {@code /} after the context root on. */
    public static Route of(String rawPath) {
        if (rawPath.equals(NEW_JOB)) {
            return new Route(Page.EDITOR, "", "");
        }
        return segments(rawPath).map(Route::of).orElse(NOT_FOUND);
    }

    private static Route of(List<String> segments) {
        if (segments.isEmpty()) {
            return new Route(Page.OVERVIEW, "", "");
        }
        if (segments.equals(List.of("cluster"))) {
            return new Route(Page.MEMBERS, "", "");
        }
        if (segments.equals(List.of("api"))) {
            return new Route(Page.REFERENCE, "", "");
        }
        if (!segments.get(0).equals("jobs")) {
            return NOT_FOUND;
        }
        return switch (segments.size()) {
            case 1 -> new Route(Page.JOBS, "", "");
            case 2 -> new Route(Page.JOB, segments.get(1), "");
            case 3 -> segments.get(2).equals("edit") ? new Route(Page.EDITOR, segments.get(1), "") : NOT_FOUND;
            case 4 ->
                segments.get(2).equals("runs") ? new Route(Page.RUN, segments.get(1), segments.get(3)) : NOT_FOUND;
            default -> NOT_FOUND;
        };
    }

    private static Optional<List<String>> segments(String rawPath) {
        String path = rawPath.startsWith("/") ? rawPath.substring(1) : rawPath;
        if (path.length() > 1 && path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        List<String> segments = new ArrayList<>();
        for (String raw : path.isEmpty() ? new String[0] : path.split("/", -1)) {
            Optional<String> segment = decode(raw);
            if (segment.isEmpty()) {
                return Optional.empty();
            }
            segments.add(segment.get());
        }
        return Optional.of(segments);
    }

    /** A segment decoded; empty for none, for a dot segment, for a wrong escape and for a path parameter. */
    private static Optional<String> decode(String raw) {
        try {
            String text = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
            return text.isEmpty() || text.equals(".") || text.equals("..") || raw.contains(";")
                    ? Optional.empty()
                    : Optional.of(text);
        } catch (IllegalArgumentException wrongEscape) {
            return Optional.empty();
        }
    }

    /** The address of a job's page below the context root. */
    public static String jobPage(String job) {
        String path = "/jobs/" + encode(job);
        return path.equals(NEW_JOB) ? path + "/" : path;
    }

    /** One path segment, encoded. */
    public static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
