package io.dkron.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DkronCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = DkronCommand.line();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @Test
    void keygenPrintsNothingButAKey() {
        assertThat(run("keygen")).isZero();
        assertThat(Base64.getDecoder().decode(out.toString().strip())).hasSize(16);
    }

    @Test
    void versionStartsWithTheTwoLinesThatScriptsKnow() {
        assertThat(run("version")).isZero();
        assertThat(out.toString().lines())
                .hasSize(3)
                .element(1)
                .isEqualTo("Agent Protocol: 5 (Understands back to: 2)");
    }

    @Test
    void anUnknownCommandEndsWithOne() {
        assertThat(run("frob")).isEqualTo(1);
        assertThat(err.toString()).contains("frob");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("help")).isZero();
        assertThat(out.toString())
                .contains("job", "apply", "validate", "agent", "version", "keygen", "doc", "completion", "optimize");
        assertThat(run("agent", "--help")).isZero();
        assertThat(out.toString()).contains("--http-addr=<address>", "default :8080");
    }

    @Test
    void completionKnowsTheFlags() {
        assertThat(run("completion", "bash")).isZero();
        assertThat(out.toString()).contains("--http-addr", "list-peers", "--peer-id", "--dry-run");
        assertThat(run("completion", "fish")).isEqualTo(1);
    }

    @Test
    void docWritesAPageOfEachCommand(@TempDir Path folder) {
        assertThat(run("doc", "--dir", folder.resolve("new").toString())).isZero();
        assertThat(folder.resolve("new/dkron_agent.md"))
                .content()
                .startsWith("---\ndate: ")
                .contains("slug: dkron_agent", "--data-dir");
        assertThat(folder.resolve("new/dkron.md")).content().contains("dkron_keygen.md");
        assertThat(folder.resolve("new/dkron_raft.md")).content().contains("dkron_raft_list-peers.md");
        assertThat(folder.resolve("new/dkron_raft_remove-peer.md")).content().contains("--peer-id", "--rpc-addr");
    }

    @Test
    void aBooleanTakesAValueOnlyAfterAnEqualsSign() {
        assertThat(AgentCommand.withBooleans(new String[] {"agent", "--server", "--ui=false", "--node-name", "x"}))
                .containsExactly("agent", "--server=true", "--ui=false", "--node-name", "x");
    }
}
