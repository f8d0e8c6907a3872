package io.dkron.cli.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * The throw-away run of {@code dkron optimize}: asks the node what a first user would ask, so that the class-data archive
 * holds what that takes. Answers do not matter.
 */
final class Training {
    private static final String JOB = "{\"name\":\"train\",\"schedule\":\"@every 1h\",\"executor\":\"shell\","
            + "\"executor_config\":{\"command\":\"true\",\"shell\":\"true\"}}";
    private static final List<String> PATHS = List.of(
            "/health",
            "/health/ready",
            "/v1",
            "/v1/jobs",
            "/v1/jobs/train",
            "/v1/jobs/train/executions",
            "/v1/members",
            "/v1/leader",
            "/v1/busy",
            "/metrics",
            "/ui/",
            "/ui/jobs",
            "/v1/jobs/none");

    private Training() {}

    /**
     * @param url of the node, without a slash at its end
     * @param more what else is done, while there is a job
     */
    static void run(String url, Consumer<String> more) {
        ask(url + "/v1/jobs", "POST", JOB);
        ask(url + "/v1/jobs/train/run", "POST", "");
        PATHS.forEach(path -> ask(url + path, "GET", ""));
        more.accept(url);
        ask(url + "/v1/jobs/train", "DELETE", "");
    }

    private static void ask(String url, String method, String body) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setReadTimeout(15_000);
            if (!body.isEmpty()) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
            }
            try (InputStream in = connection.getInputStream()) {
                in.readAllBytes();
            }
        } catch (IOException e) {
            System.getLogger(Training.class.getName())
                    .log(System.Logger.Level.DEBUG, "training request failed url=" + url, e);
        }
    }
}
