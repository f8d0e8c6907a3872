package io.dkron.jaxrs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberJson;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.json.Json;
import io.dkron.core.json.Profile;
import io.dkron.ejb.service.Installed;
import io.dkron.ejb.service.RaftOperations;
import io.dkron.jaxrs.live.EventsResource;
import io.dkron.jaxrs.message.Rendered;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The description says exactly what is served. */
class OpenApiTest {
    private static final Map<String, Object> DOCUMENT = Json.readObject(OpenApiResource.document());

    @Test
    void pathsAndMethodsAreThoseOfTheResources() throws Exception {
        Set<String> described = new TreeSet<>();
        Json.object(DOCUMENT.get("paths"))
                .forEach((path, methods) ->
                        Json.object(methods).keySet().forEach(method -> described.add(method + " " + path)));
        assertThat(described).isEqualTo(served());
    }

    @Test
    void fieldsAreThoseOfTheCodecInItsOrder() {
        Job job = new Job(JobDefinition.named("a").lostAfter("1h").build(), JobState.created("u", Instant.EPOCH));
        assertThat(fields("Job")).isEqualTo(keys(JobJson.write(job, List.of(), Profile.V4)));
        Execution cut = new Execution(
                        new ExecutionId(1, "n"),
                        new JobName("a"),
                        new RunKey("u", "c", "n", 1),
                        1,
                        Trigger.MANUAL,
                        Optional.empty(),
                        Optional.empty(),
                        ExecutionState.RUNNING,
                        Instant.EPOCH,
                        Optional.empty(),
                        "",
                        false,
                        new OutputTail(new byte[] {'x'}, 2))
                .with()
                .processorErrors(List.of("files: cannot write"))
                .build()
                .told(List.of(new Notification(
                        Notification.Channel.MAIL, Notification.Moment.END, false, 3, Instant.EPOCH, "no")));
        assertThat(fields("Execution"))
                .isEqualTo(keys(ExecutionJson.write(cut, Profile.V4, ExecutionJson.View.LISTED)));
        Map<String, Object> told =
                Json.object(((List<?>) Json.readObject(ExecutionJson.write(cut, Profile.V4, ExecutionJson.View.SINGLE))
                                .get("notifications"))
                        .get(0));
        assertThat(fields("Notification")).containsExactlyElementsOf(told.keySet());
        Member member = new Member("i", "n", "1.2.3.4", 1, 2, true, new TreeMap<>(), MemberStatus.ALIVE, "j");
        assertThat(fields("Member")).isEqualTo(keys(Rendered.json(json -> MemberJson.write(json, member, true))));
        Installed shell = new Installed("shell", List.of(new ConfigKey("command", true, false, "?")), List.of("n"));
        Map<String, Object> installed = Json.readObject(Rendered.json(json -> InstalledResource.write(json, shell)));
        assertThat(fields("Installed")).containsExactlyElementsOf(installed.keySet());
        RaftOperations.Status raft = new RaftOperations.Status(1, Optional.empty(), 2, List.of());
        assertThat(fields("Raft")).isEqualTo(keys(Rendered.json(json -> RaftResource.write(json, raft))));
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        Set<String> schemas = Json.object(
                        Json.object(DOCUMENT.get("components")).get("schemas"))
                .keySet();
        references(DOCUMENT).forEach(ref -> assertThat(schemas).contains(ref.substring(ref.lastIndexOf('/') + 1)));
    }

    @Test
    void yamlSaysTheSame() {
        assertThat(Yaml.write(Json.read("{\"a\":{\"b\":[1,{\"c\":\"x: \\\"y\\\"\"}],\"d\":{}},\"e\":null}".getBytes())))
                .isEqualTo("""
                        "a":
                          "b":
                            - 1
                            -
                              "c": "x: \\"y\\""
                          "d": {}
                        "e": null
                        """);
    }

    private static List<String> fields(String schema) {
        Map<String, Object> schemas =
                Json.object(Json.object(DOCUMENT.get("components")).get("schemas"));
        return List.copyOf(
                Json.object(Json.object(schemas.get(schema)).get("properties")).keySet());
    }

    private static List<String> keys(byte[] json) {
        return List.copyOf(Json.readObject(json).keySet());
    }

    private static Stream<String> references(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .flatMap(e ->
                            e.getKey().equals("$ref") ? Stream.of(e.getValue().toString()) : references(e.getValue()));
        }
        return value instanceof List<?> list ? list.stream().flatMap(OpenApiTest::references) : Stream.empty();
    }

    private static Set<String> served() throws IOException, URISyntaxException, ClassNotFoundException {
        Set<String> served = new TreeSet<>();
        for (Class<?> resource : resources()) {
            for (Method method : resource.getDeclaredMethods()) {
                for (Annotation each : method.getAnnotations()) {
                    HttpMethod http = each.annotationType().getAnnotation(HttpMethod.class);
                    if (http != null) {
                        served.add(http.value().toLowerCase(Locale.ROOT) + " "
                                + path(resource.getAnnotation(Path.class), method.getAnnotation(Path.class)));
                    }
                }
            }
        }
        return served;
    }

    private static String path(Path type, Path method) {
        String whole = "/" + type.value() + (method == null ? "" : "/" + method.value());
        String path = whole.replaceAll("/+", "/").replaceAll(":\\s*[^}]*", "");
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** Every class of ours with a path. */
    private static List<Class<?>> resources() throws IOException, URISyntaxException, ClassNotFoundException {
        List<Class<?>> found = new java.util.ArrayList<>();
        for (Class<?> sibling : List.of(JobsResource.class, EventsResource.class)) {
            java.nio.file.Path folder = Paths.get(sibling.getResource(sibling.getSimpleName() + ".class")
                            .toURI())
                    .getParent();
            try (Stream<java.nio.file.Path> files = Files.list(folder)) {
                for (java.nio.file.Path file : (Iterable<java.nio.file.Path>) files::iterator) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".class")) {
                        Class<?> type = Class.forName(
                                sibling.getPackageName() + "." + name.substring(0, name.length() - ".class".length()));
                        if (type.isAnnotationPresent(Path.class)) {
                            found.add(type);
                        }
                    }
                }
            }
        }
        return found;
    }
}
