package io.dkron.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.cli.print.Terminal;
import org.junit.jupiter.api.Test;

class ApplyCommandTest extends CommandTest {
    private static final String HOURLY = "schedule: '@every 1h'\n";

    @Test
    void whatIsNewIsCreatedWhatDiffersUpdatedTheRestLeftAlone() {
        server.store("{\"name\":\"same\",\"schedule\":\"@every 1h\",\"retries\":2}")
                .store("{\"name\":\"other\",\"schedule\":\"@every 1h\"}");
        String file = file(
                "jobs.yaml",
                "name: new\n" + HOURLY + "---\nname: same\nretries: 2\nconcurrency: allow\ntags: {}\n" + HOURLY
                        + "---\nname: other\nretries: 1\n" + HOURLY);
        Result result = dkron("apply", "-f", file).ends(0);
        assertThat(result.out().lines()).containsExactly("new created", "same unchanged", "other updated");
        assertThat(server.writes()).containsExactly("PUT /v1/jobs/new", "PUT /v1/jobs/other");
        assertThat(server.job("other").retry().retries()).isEqualTo(1);
        assertThat(dkron("apply", "-f", file).ends(0).out().lines())
                .containsExactly("new unchanged", "same unchanged", "other unchanged");
    }

    @Test
    void oneWrongJobChangesNothingAndEveryFaultIsTold() {
        file("a.yaml", "name: a\n" + HOURLY);
        file("b.yaml", "name: b\nschedule: never\n---\nname: c\nretires: 2\ntimezone: Mars/Base\n" + HOURLY);
        file("d.yaml", "name: d\nparent_job: nobody\n");
        Result result = dkron("job", "apply", "-f", folder.toString()).ends(1);
        assertThat(result.err().replace(folder + "/", ""))
                .contains("b.yaml:2 (document 1): job b: schedule: ")
                .contains("b.yaml:6 (document 2): job c: timezone: unknown time zone Mars/Base")
                .contains("d.yaml:2: job d: parent_job: specified parent job not found (\"nobody\")")
                .contains("nothing was changed");
        assertThat(server.writes()).isEmpty();
    }

    @Test
    void aFieldThatTheServerDoesNotKnowIsAFaultWithTheNearestName() {
        Result result = dkron("apply", "-f", file("a.yaml", "name: a\nretires: 2\n" + HOURLY))
                .ends(1);
        assertThat(result.err()).contains("a.yaml:2: job a: retires: is no field of a job; did you mean retries?");
        assertThat(server.names()).isEmpty();
    }

    @Test
    void parentsComeBeforeTheirDependentsWhateverTheOrderOfTheFiles() {
        file("1.yaml", "name: grandchild\nparent_job: child\n");
        file("2.yaml", "name: child\nparent_job: root\n");
        file("3.yaml", "name: root\n" + HOURLY);
        assertThat(dkron("apply", "-f", folder.toString()).ends(0).out().lines())
                .containsExactly("root created", "child created", "grandchild created");
        assertThat(dkron("apply", "-f", folder.toString()).ends(0).out().lines())
                .allMatch(line -> line.endsWith(" unchanged"));
    }

    @Test
    void aFamilyMayBeTurnedAround() {
        server.store("{\"name\":\"a\",\"schedule\":\"@every 1h\"}")
                .store("{\"name\":\"b\",\"parent_job\":\"a\"}")
                .store("{\"name\":\"c\",\"parent_job\":\"b\"}");
        String file = file("jobs.yaml", "name: a\nparent_job: b\n---\nname: b\nparent_job: c\n---\nname: c\n" + HOURLY);
        assertThat(dkron("apply", "-f", file).ends(0).out().lines())
                .containsExactly("c updated", "b updated", "a updated");
    }

    @Test
    void aCircleIsAFaultAlsoThroughAStoredJob() {
        String ring = file("ring.yaml", "name: a\nparent_job: b\n---\nname: b\nparent_job: a\n");
        assertThat(dkron("apply", "-f", ring).ends(1).err()).contains("parent_job: ", "in a circle: a, b, a");
        server.store("{\"name\":\"top\",\"schedule\":\"@every 1h\"}")
                .store("{\"name\":\"mid\",\"parent_job\":\"top\"}");
        String through = file("through.yaml", "name: top\nparent_job: low\n---\nname: low\nparent_job: mid\n");
        assertThat(dkron("apply", "-f", through).ends(1).err()).contains("in a circle");
        assertThat(server.writes()).isEmpty();
    }

    @Test
    void aDryRunShowsFieldsAndChangesNothing() {
        server.store("{\"name\":\"a\",\"schedule\":\"@every 1h\",\"owner\":\"me\",\"executor_config\":"
                + "{\"command\":\"set -e\\none\\ntwo\\nthree\\n\",\"shell\":\"true\"}}");
        String file = file(
                "jobs.yaml",
                "name: a\nschedule: '@every 2h'\nexecutor_config:\n  command: |\n    set -e\n    one\n    2\n    three\n"
                        + "  shell: true\n---\nname: b\nmetadata: {team: data}\n" + HOURLY);
        Result result = dkron("apply", "--dry-run", "-f", file).ends(0);
        assertThat(result.out().replace(folder + "/", "")).isEqualTo("""
                update a  (jobs.yaml:1 (document 1))
                  - schedule: "@every 1h"
                  + schedule: "@every 2h"
                  - owner: "me"
                  + owner: ""
                    executor_config.command: |
                      set -e
                      one
                  -   two
                  +   2
                      three
                     \s
                create b  (jobs.yaml:11 (document 2))
                  + schedule: "@every 1h"
                  + metadata.team: "data"
                1 to be created, 1 to be updated
                """);
        assertThat(server.writes()).isEmpty();
        on(new Terminal(true, true));
        assertThat(dkron("apply", "--dry-run", "-f", file).out())
                .contains("\u001b[31m  - schedule: \"@every 1h\"\u001b[0m", "\u001b[32m  + schedule: ");
    }

    @Test
    void controlCharactersInADifferenceAreShownNotSent() {
        String file = file("a.yaml", "name: a\nowner: \"x\\e[2Jy\"\n" + HOURLY);
        assertThat(dkron("apply", "--dry-run", "-f", file).ends(0).out())
                .doesNotContain("\u001b")
                .contains("[2J");
    }

    @Test
    void aJobThatSomebodyElseChangedMeanwhileIsLeftToThem() {
        server.store("{\"name\":\"a\",\"schedule\":\"@every 1h\"}");
        server.beforeNextSave(() -> server.store("{\"name\":\"a\",\"schedule\":\"@every 3h\"}"));
        Result result = dkron("apply", "-f", file("a.yaml", "name: a\nschedule: '@every 2h'\n"))
                .ends(1);
        assertThat(result.err()).contains("a.yaml:1: job a: somebody else changed it meanwhile");
        assertThat(server.job("a").schedule()).isEqualTo("@every 3h");
    }

    @Test
    void aJobThatSomebodyElseCreatedMeanwhileIsNotOverwritten() {
        server.beforeNextSave(() -> server.store("{\"name\":\"a\",\"schedule\":\"@every 3h\"}"));
        dkron("apply", "-f", file("a.yaml", "name: a\nschedule: '@every 2h'\n")).ends(1);
        assertThat(server.job("a").schedule()).isEqualTo("@every 3h");
    }

    @Test
    void pruningDeletesWhatCarriesTheLabelAndIsInNoFileDependentsFirst() {
        server.store(labelled("a", "\"schedule\":\"@every 1h\""))
                .store(labelled("a-child", "\"parent_job\":\"a\""))
                .store(labelled("kept", "\"schedule\":\"@every 1h\""))
                .store("{\"name\":\"other\",\"schedule\":\"@every 1h\",\"metadata\":{\"owner\":\"you\"}}");
        String file = file("jobs.yaml", "name: kept\nmetadata: {owner: me}\n" + HOURLY);
        Result result = dkron("apply", "-f", file, "--prune", "--label", "owner=me", "-y")
                .ends(0);
        assertThat(result.out().lines()).containsExactly("kept unchanged", "a-child deleted", "a deleted");
        assertThat(server.names()).containsExactly("kept", "other");
    }

    private static String labelled(String name, String fields) {
        return "{\"name\":\"" + name + "\"," + fields + ",\"metadata\":{\"owner\":\"me\"}}";
    }

    @Test
    void pruningAsksAndANoChangesNothingAtAll() {
        server.store(labelled("a", "\"schedule\":\"@every 1h\""));
        String file = file("jobs.yaml", "name: new\nmetadata: {owner: me}\n" + HOURLY);
        on(PERSON);
        typed("n\n");
        Result result = dkron("apply", "-f", file, "--prune", "-l", "owner=me").ends(1);
        assertThat(result.err()).contains("no file has these any more:", "  a", "[y/N]", "nothing was changed");
        assertThat(server.writes()).isEmpty();
        typed("yes\n");
        dkron("apply", "-f", file, "--prune", "-l", "owner=me").ends(0);
        assertThat(server.names()).containsExactly("new");
    }

    @Test
    void pruningWithNobodyToAskNeedsAYesInTheCommand() {
        server.store(labelled("a", "\"schedule\":\"@every 1h\""));
        String file = file("jobs.yaml", "name: new\n" + HOURLY);
        Result result = dkron("apply", "-f", file, "--prune", "-l", "owner=me").ends(2);
        assertThat(result.err()).contains("-y deletes them", "has not the label owner=me");
        assertThat(server.writes()).isEmpty();
    }

    @Test
    void pruningNeverOrphans() {
        server.store(labelled("a", "\"schedule\":\"@every 1h\"")).store("{\"name\":\"stranger\",\"parent_job\":\"a\"}");
        String others = file("others.yaml", "name: new\nmetadata: {owner: me}\n" + HOURLY);
        assertThat(dkron("apply", "-f", others, "--prune", "-l", "owner=me", "-y")
                        .ends(1)
                        .err())
                .contains("would delete a, which stranger follows");
        String follower = file("follower.yaml", "name: new\nparent_job: a\nmetadata: {owner: me}\n");
        assertThat(dkron("apply", "-f", follower, "--prune", "-l", "owner=me", "-y")
                        .ends(1)
                        .err())
                .contains("parent_job: a would be deleted by --prune");
        assertThat(server.writes()).isEmpty();
    }

    @Test
    void nothingIsDeletedAfterAFailure() {
        server.store(labelled("a", "\"schedule\":\"@every 1h\""));
        server.beforeNextSave(() -> server.store("{\"name\":\"new\",\"schedule\":\"@every 1h\"}"));
        String file = file("jobs.yaml", "name: new\nmetadata: {owner: me}\n" + HOURLY);
        Result result =
                dkron("apply", "-f", file, "--prune", "-l", "owner=me", "-y").ends(1);
        assertThat(result.err()).contains("1 jobs were not deleted");
        assertThat(server.names()).contains("a");
    }

    @Test
    void wrongCommandLinesEndWithTwo() {
        assertThat(dkron("apply").ends(2).err()).contains("--file", "dkron apply --help");
        assertThat(dkron("apply", "-f", "x", "--prune").ends(2).err()).contains("--prune: needs --label");
        assertThat(dkron("apply", "-f", "x", "-l", "a=b").ends(2).err()).contains("--label: goes with --prune");
        assertThat(dkron("apply", "-f", "x", "--server", "ftp://x").ends(2).err())
                .contains("--server: must be an address");
        assertThat(dkron("job", "frob").ends(2).err()).contains("frob");
        assertThat(dkron("apply", "-f", folder.resolve("nothing.yaml").toString())
                        .ends(1)
                        .err())
                .contains("there is no such file");
    }

    @Test
    void aStreamIsReadToo() {
        typed("name: a\n" + HOURLY);
        assertThat(dkron("apply", "-f", "-").ends(0).out()).isEqualTo("a created" + System.lineSeparator());
    }

    @Test
    void whatGetPrintsAsYamlAppliesUnchanged() {
        server.store(
                "{\"name\":\"a\",\"schedule\":\"0 0 3 * * *\",\"tags\":{\"on\":\"yes\",\"zone\":\"01\"},\"retries\":2,"
                        + "\"metadata\":{\"empty\":\"\",\"n\":\"1e3\",\"t\":\"true\",\"nul\":\"null\",\"colon\":\"a: b # c\"},"
                        + "\"executor\":\"shell\",\"executor_config\":{\"command\":\"one\\n  two\\n\\nthree\"},\"retry_backoff\":1.5,"
                        + "\"processors\":{\"files\":{\"forward\":\"true\"},\"log\":{}},\"starts_at\":\"2026-01-02T03:04:05Z\"}");
        String yaml = dkron("job", "get", "a", "-o", "yaml").ends(0).out();
        assertThat(yaml).contains("command: |").doesNotContain("misfire", "status", "success_count");
        assertThat(dkron("apply", "-f", file("a.yaml", yaml)).ends(0).out().lines())
                .containsExactly("a unchanged");
        assertThat(dkron(
                                "apply",
                                "-f",
                                file(
                                        "all.yaml",
                                        dkron("job", "list", "-o", "yaml").out()))
                        .ends(0)
                        .out())
                .startsWith("a unchanged");
        assertThat(dkron(
                                "apply",
                                "-f",
                                file(
                                        "all.json",
                                        dkron("job", "list", "-o", "json").out()))
                        .ends(0)
                        .out())
                .startsWith("a unchanged");
    }

    @Test
    void validateSaysWhatIsValidAndWhatIsNot() {
        String good = file("good.yaml", "name: a\n" + HOURLY + "---\nname: b\nparent_job: a\n");
        Result result = dkron("validate", "-f", good).ends(0);
        assertThat(result.out().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("job a: valid"))
                .anyMatch(line -> line.contains("job b: valid, after a"));
        assertThat(dkron("validate", "-f", file("bad.yaml", "name: a\nschedule: never\n"))
                        .ends(1)
                        .err())
                .contains("bad.yaml:2: job a: schedule: ");
        assertThat(server.names()).isEmpty();
        assertThat(server.writes()).isEmpty();
    }

    @Test
    void aServerThatIsNotThereIsOneError() {
        String url = server.url();
        server.close();
        assertThat(dkron("apply", "-f", file("a.yaml", "name: a\n" + HOURLY))
                        .ends(1)
                        .err())
                .contains("dkron: no answer from " + url);
    }
}
