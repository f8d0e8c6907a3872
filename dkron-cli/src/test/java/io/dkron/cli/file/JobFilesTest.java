package io.dkron.cli.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dkron.core.json.Json;
import io.dkron.core.json.JsonNumber;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobFilesTest {
    @TempDir
    Path folder;

    private static List<JobSource> read(String text) {
        return new JobFiles(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), false).read(List.of("-"));
    }

    private static Map<String, Object> one(String text) {
        List<JobSource> jobs = read(text);
        assertThat(jobs).hasSize(1);
        return jobs.get(0).fields();
    }

    private static List<String> faults(String text) {
        JobFileException wrong = catchThrowableOfType(JobFileException.class, () -> read(text));
        assertThat(wrong).as("refused: %s", text).isNotNull();
        return wrong.faults().stream().map(Fault::toString).toList();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void documentsAndListsAreJobsWithTheirPlaces() {
        List<JobSource> jobs = read("# none\n---\nname: a\n---\n- name: b\n- name: c\n---\n# nothing\n");
        assertThat(jobs).extracting(JobSource::name).containsExactly("a", "b", "c");
        assertThat(jobs.get(0).place()).hasToString("standard input:3 (document 1)");
        assertThat(jobs.get(2).place()).hasToString("standard input:6 (document 2, item 2)");
    }

    @Test
    void jsonIsAnObjectOrAnArrayAndMayHaveTabs() {
        assertThat(one("{\n\t\"name\": \"a\",\n\t\"retries\": 2}")).containsEntry("retries", new JsonNumber("2"));
        assertThat(read("[{\"name\":\"a\"},{\"name\":\"b\"}]").get(1).place()).hasToString("standard input (item 2)");
        assertThat(one("{name: a, retries: 2}")).as("YAML too").containsEntry("name", "a");
    }

    @Test
    void whereOnlyTextCanStandEverythingIsTextAsWritten() {
        Map<String, Object> job = one("""
                name: a
                tags: {zone: 01}
                metadata: {version: 1.10, on: yes, cost: 1_000}
                executor_config:
                  timeout: 30
                  shell: true
                  since: 2026-01-02
                processors:
                  files: {forward: False, keep: 0x10}
                """);
        assertThat(job.get("tags")).isEqualTo(Map.of("zone", "01"));
        assertThat(job.get("metadata")).isEqualTo(Map.of("version", "1.10", "on", "yes", "cost", "1_000"));
        assertThat(job.get("executor_config"))
                .isEqualTo(Map.of("timeout", "30", "shell", "true", "since", "2026-01-02"));
        assertThat(job.get("processors")).isEqualTo(Map.of("files", Map.of("forward", "False", "keep", "0x10")));
        assertThat(one("{\"name\":\"a\",\"executor_config\":{\"timeout\":30,\"shell\":true}}")
                        .get("executor_config"))
                .isEqualTo(Map.of("timeout", "30", "shell", "true"));
    }

    @Test
    void elsewhereValuesKeepTheirKind() {
        Map<String, Object> job = one("""
                name: a
                disabled: True
                retries: 0x10
                retry_backoff: 1.5
                retry_jitter: .5
                owner: no
                starts_at: 2026-01-02T03:04:05Z
                keep_logs:
                """);
        assertThat(job)
                .containsEntry("disabled", true)
                .containsEntry("retries", new JsonNumber("16"))
                .containsEntry("retry_backoff", new JsonNumber("1.5"))
                .containsEntry("retry_jitter", new JsonNumber("0.5"))
                .containsEntry("owner", "no")
                .containsEntry("starts_at", "2026-01-02T03:04:05Z")
                .containsEntry("keep_logs", Json.NULL);
    }

    @Test
    void knownFieldsAreTakenInAnyCase() {
        assertThat(one("Name: a\nExecutor_Config: {Timeout: 5}"))
                .isEqualTo(Map.of("name", "a", "executor_config", Map.of("Timeout", "5")));
    }

    @Test
    void noIsNoBooleanAndIsSaidSo() {
        assertThat(faults("name: a\ndisabled: no\n"))
                .containsExactly("standard input:2: job a: disabled: must be true or false; \"no\" is a text");
    }

    @Test
    void aTextWithoutValueIsAFault() {
        assertThat(faults("name: a\nexecutor_config:\n  command:\n"))
                .containsExactly(
                        "standard input:3: job a: executor_config.command: has no value; write \"\" for an empty text");
    }

    @Test
    void anchorsAndMergesAreFollowed() {
        List<JobSource> jobs = read("""
                - &base
                  name: a
                  retries: 3
                  executor_config: {command: date}
                - <<: *base
                  name: b
                """);
        assertThat(jobs.get(1).fields())
                .containsEntry("name", "b")
                .containsEntry("retries", new JsonNumber("3"))
                .containsEntry("executor_config", Map.of("command", "date"));
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder bomb = new StringBuilder("name: a\nx0: &x0 [lol, lol]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("x%d: &x%d [*x%d, *x%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(faults(bomb.toString())).singleElement().asString().contains("holds more than", "aliases");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name: a\nx: &x [*x]\n", "&a {name: a, x: *a}"})
    void whatContainsItselfIsRefused(String text) {
        assertThat(faults(text)).singleElement().asString().contains("does it contain itself?");
    }

    @Test
    void endlessNestingIsRefused() {
        assertThat(faults("name: a\nx: " + "[".repeat(100_000)))
                .containsExactly("standard input: is nested deeper than can be read");
    }

    @Test
    void aKeyThatIsThereTwiceIsAFaultWithItsLine() {
        assertThat(faults("name: a\nschedule: x\nschedule: y\n"))
                .containsExactly("standard input:3: schedule: is there twice");
    }

    @Test
    void brokenTextIsAFaultWithItsLine() {
        assertThat(faults("name: a\n  schedule: x\n"))
                .singleElement()
                .asString()
                .startsWith("standard input:2: no YAML: ");
    }

    @Test
    void numbersThatJsonDoesNotKnowAndForeignTagsAreFaults() {
        assertThat(faults("name: a\nretry_backoff: .inf\n"))
                .containsExactly("standard input:2: job a: retry_backoff: must be a number that JSON knows, not .inf");
        assertThat(faults("name: a\nowner: !!binary aGk=\n"))
                .singleElement()
                .asString()
                .startsWith("standard input:2: owner: has the tag ");
    }

    @Test
    void everyFaultOfEveryFileIsTold() throws Exception {
        write("a.yaml", "name: a\ndisabled: no\n---\n7\n---\nschedule: x\n");
        write("b.json", "{\"name\":\"b\",}");
        write("c.yml", "name: c\n---\nname: c\n");
        JobFileException wrong = catchThrowableOfType(
                JobFileException.class,
                () -> new JobFiles(System.in, false).read(List.of(folder.toString(), "nowhere.yaml")));
        assertThat(wrong.faults().stream().map(f -> f.toString().replace(folder + "/", "")))
                .satisfiesExactly(
                        f -> assertThat(f)
                                .isEqualTo("a.yaml:2 (document 1): job a: disabled: must be true or false;"
                                        + " \"no\" is a text"),
                        f -> assertThat(f).isEqualTo("a.yaml:4 (document 2): must be a job, keys and values"),
                        f -> assertThat(f).isEqualTo("a.yaml:6 (document 3): name: must be there, a text"),
                        f -> assertThat(f).startsWith("b.json: ").contains("line 1, column"),
                        f -> assertThat(f).isEqualTo("nowhere.yaml: there is no such file"),
                        f -> assertThat(f)
                                .startsWith("c.yml:3 (document 2): job c: name: is there already, in ")
                                .endsWith("c.yml:1 (document 1)"));
    }

    @Test
    void foldersAreReadInTheOrderOfNamesWithoutHiddenOnes() throws Exception {
        write("b.yml", "name: b");
        write("a.yaml", "name: a");
        write("c.json", "{\"name\":\"c\"}");
        write("notes.txt", "not a job");
        write(".hidden.yaml", "name: hidden");
        write("deep/er/d.yaml", "name: d");
        write(".git/e.yaml", "name: e");
        assertThat(new JobFiles(System.in, false).read(List.of(folder.toString())))
                .extracting(JobSource::name)
                .containsExactly("a", "b", "c");
        assertThat(new JobFiles(System.in, true).read(List.of(folder.toString())))
                .extracting(JobSource::name)
                .containsExactly("a", "b", "c", "d");
    }

    @Test
    void aFolderWithoutJobsIsAFault() throws Exception {
        write("deep/a.yaml", "name: a");
        JobFileException wrong = catchThrowableOfType(
                JobFileException.class, () -> new JobFiles(System.in, false).read(List.of(folder.toString())));
        assertThat(wrong).hasMessageContaining("no file in it ends in .yaml").hasMessageContaining("-R looks deeper");
    }
}
