package io.dkron.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.problem.Problem;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static SettingSource flags(String... pairs) {
        Map<String, List<String>> flags = new LinkedHashMap<>();
        for (String pair : pairs) {
            String[] parts = pair.split("=", 2);
            flags.merge(parts[0], List.of(parts[1]), (a, b) -> List.of(a.get(0), b.get(0)));
        }
        return setting -> Optional.ofNullable(flags.get(setting.key()))
                .map(texts -> new SettingSource.Given(setting.flag(), texts));
    }

    private static List<String> problems(SettingSource... sources) {
        return Settings.from(Arrays.asList(sources)).problems().stream()
                .map(problem -> problem.field() + " " + problem.message())
                .toList();
    }

    @Test
    void defaultsAreThoseOfTheReference() {
        Settings settings = Settings.defaults();
        assertThat(settings.bool(Setting.SERVER)).isFalse();
        assertThat(settings.httpAddress()).isEqualTo(new HostPort("", 8080));
        assertThat(settings.httpAccess().hosts(settings.httpAddress())).containsExactly("127.0.0.1", "::1");
        assertThat(settings.rpcAddress()).isEqualTo(new HostPort("127.0.0.1", 6868));
        assertThat(settings.duration(Setting.DRAIN_TIMEOUT)).isEqualTo(Duration.ofHours(3));
        assertThat(settings.bytes(Setting.HTTP_MAX_BODY)).isEqualTo(1 << 20);
        assertThat(settings.bytes(Setting.OUTPUT_LIMIT)).isEqualTo(256_000);
        assertThat(settings.integer(Setting.EXECUTIONS_KEPT)).isEqualTo(100);
        assertThat(settings.string(Setting.DATA_DIR)).isEqualTo("dkron.data");
        assertThat(settings.toProperties()).isEmpty();
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() {
        SettingSource environment = SettingSource.environment(
                Map.of("DKRON_NODE_NAME", "env", "DKRON_REGION", "env", "DKRON_KEYSPACE", ""));
        SettingSource file = flags("node-name=file", "region=file", "keyspace=file");
        Settings settings = Settings.from(List.of(flags("node-name=flag"), environment, file))
                .orThrow();
        assertThat(settings.string(Setting.NODE_NAME)).isEqualTo("flag");
        assertThat(settings.string(Setting.REGION)).isEqualTo("env");
        assertThat(settings.string(Setting.KEYSPACE))
                .as("an empty variable is unset")
                .isEqualTo("file");
    }

    @Tag("F77")
    @Test
    void everyProblemIsToldAtOnceAndNamedByWhereItWasWritten() {
        assertThat(problems(
                        flags("run-wait=soon", "tag=x", "statsd-addr=10.0.0.1"),
                        SettingSource.environment(Map.of("DKRON_RPC_PORT", "70000", "DKRON_API_COMPAT", "v3"))))
                .hasSize(5)
                .anyMatch(problem -> problem.startsWith("--run-wait must be a duration"))
                .anyMatch(problem -> problem.startsWith("--tag must be key=value, not \"x\""))
                .anyMatch(problem -> problem.startsWith("--statsd-addr is not available yet"))
                .anyMatch(problem -> problem.startsWith("DKRON_RPC_PORT must be a number from 0 to 65535"))
                .anyMatch(problem -> problem.startsWith("DKRON_API_COMPAT must be one of v4, v1"));
    }

    @Tag("F81")
    @Test
    void aSecretIsNeverShown() {
        assertThat(problems(flags("encrypt=bm90IGEga2V5")))
                .singleElement()
                .asString()
                .doesNotContain("bm90");
        assertThat(Settings.from(List.of(flags("encrypt=kPpdjphiipNSsjd4QHWbkA==")))
                        .orThrow()
                        .toString())
                .doesNotContain("kPpd");
        assertThat(Settings.from(List.of(flags("backend-password=s3cret")))
                        .orThrow()
                        .toString())
                .doesNotContain("s3cret");
    }

    @Test
    void anAddressThatLetsOthersInNeedsInsecure() {
        assertThat(problems(flags("http-addr=0.0.0.0:8080")))
                .singleElement()
                .asString()
                .contains("--insecure");
        assertThat(problems(flags("http-addr=10.1.2.3:8080", "insecure=true"))).isEmpty();
        assertThat(problems(flags("http-addr=[::1]:8080"))).isEmpty();
        Settings open = Settings.from(List.of(flags("http-addr=:9090", "insecure=true")))
                .orThrow();
        assertThat(open.httpAccess().hosts(open.httpAddress())).containsExactly("*");
    }

    @Test
    void contradictionsAreProblems() {
        assertThat(problems(flags("http-addr=127.0.0.1:8080", "http-port=9090")))
                .hasSize(1);
        assertThat(problems(flags("http-addr=127.0.0.1:8080", "http-port=8080", "http-host=127.0.0.1")))
                .isEmpty();
        assertThat(problems(flags("server=true", "http-addr=:7000", "rpc-port=7000")))
                .hasSize(1);
        assertThat(problems(flags("backend=etcdv3", "backend-machine=a:2379"))).isEmpty();
        assertThat(problems(flags("bootstrap-expect=3"))).containsExactly("--bootstrap-expect needs --server");
        assertThat(problems(flags("bootstrap-expect=3", "server=true"))).isEmpty();
        assertThat(problems(flags("bootstrap-expect=1", "server=true"))).isEmpty();
    }

    @Test
    void twoListenersOnOnePortAreAProblem() {
        assertThat(problems(flags("rpc-port=8946"))).containsExactly("--rpc-port is the port of bind-addr too: 8946");
        assertThat(problems(flags("server=true", "raft-port=6868"))).hasSize(1);
        assertThat(problems(flags("raft-port=6868"))).as("an agent has no Raft").isEmpty();
        assertThat(problems(flags("server=true", "http-addr=127.0.0.2:6868"))).isEmpty();
    }

    @Test
    void theClustersSettingsAreRead() {
        Settings settings = Settings.from(List.of(flags(
                        "bind-addr=10.1.2.3",
                        "join=a.example,b.example:9000",
                        "retry-join=[fd00::1]:8946",
                        "serf-reconnect-timeout=1h",
                        "rpc-port=7000",
                        "encrypt=kPpdjphiipNSsjd4QHWbkA==")))
                .orThrow();
        assertThat(settings.bindAddress()).isEqualTo(new HostPort("10.1.2.3", 8946));
        assertThat(settings.advertisedAddress()).isEqualTo(new HostPort("10.1.2.3", 8946));
        assertThat(settings.rpcAddress()).isEqualTo(new HostPort("10.1.2.3", 7000));
        assertThat(settings.raftAddress()).isEqualTo(new HostPort("10.1.2.3", 8947));
        assertThat(settings.reconnectTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.joinAddresses()).contains(new HostPort("fd00::1", 8946));
        assertThat(settings.warnings()).isEmpty();
        assertThat(problems(flags("retry-join=provider=aws tag_key=x")))
                .singleElement()
                .asString()
                .contains("provider");
        assertThat(problems(flags("cert-file=x.pem"))).containsExactly("--cert-file needs key-file beside it");
        assertThat(problems(flags("keyring-file=x"))).hasSize(1);
    }

    @Test
    void c148ATemplateThatIsNoneIsRefusedWithItsPlace() {
        assertThat(problems(flags(
                        "mail-payload={{.Nope}}",
                        "webhook-payload=a\n{{if .Success}}",
                        "pre-webhook-payload={{range .Output}}{{end}}")))
                .hasSize(3)
                .anyMatch(p -> p.startsWith("--mail-payload is no template: line 1, column 3: there is no .Nope"))
                .anyMatch(p -> p.startsWith("--webhook-payload is no template: line 2, column 1: an if has no end"))
                .anyMatch(p -> p.startsWith("--pre-webhook-payload is no template: line 1, column 3: range is not"));
    }

    @Test
    void whereMessagesGoIsCheckedAndNeverShown() {
        List<String> wrong = problems(flags(
                "webhook-endpoint=ftp://secret@x/",
                "webhook-payload=x",
                "webhook-headers=no colon secret",
                "pre-webhook-endpoint=http://se cret/",
                "pre-webhook-payload=x",
                "pre-webhook-headers=Content-Length: 1",
                "cronitor-endpoint=secret",
                "mail-from=me"));
        assertThat(wrong)
                .hasSize(6)
                .noneMatch(p -> p.contains("secret") || p.contains("se cret"))
                .anyMatch(p -> p.startsWith("--webhook-endpoint must be an address"))
                .anyMatch(p -> p.startsWith("--webhook-headers header 1 is none"))
                .anyMatch(p -> p.startsWith("--pre-webhook-endpoint is no address"))
                .anyMatch(p -> p.startsWith("--pre-webhook-headers Content-Length is set by"))
                .anyMatch(p -> p.startsWith("--cronitor-endpoint must be an address"))
                .anyMatch(p -> p.startsWith("--mail-from is no mail address"));
        Settings settings = Settings.from(List.of(flags("webhook-url=https://secret@x/", "mail-host=x")))
                .orThrow();
        assertThat(settings.webhookEndpoint()).isEqualTo("https://secret@x/");
        assertThat(settings.toString()).doesNotContain("secret");
        assertThat(settings.warnings())
                .containsExactly(
                        "no mail is sent: mail-host needs mail-port beside it",
                        "nothing is posted: webhook-url needs webhook-payload beside it");
        assertThat(problems(flags("webhook-url=http://a/", "webhook-endpoint=http://b/", "webhook-payload=x")))
                .containsExactly("--webhook-url contradicts --webhook-endpoint");
    }

    @Test
    void ownAddressesAreFoundOnTheMachine() throws Exception {
        List<NetAddress> machine = List.of(
                new NetAddress("lo", InetAddress.getByName("127.0.0.1"), 8, true, false),
                new NetAddress("eth0", InetAddress.getByName("10.0.0.7"), 24, true, true),
                new NetAddress("eth1", InetAddress.getByName("192.168.1.7"), 24, true, false));
        Settings byDefault = Settings.from(List.of(), machine).orThrow();
        assertThat(byDefault.bindAddress()).isEqualTo(new HostPort("10.0.0.7", 8946));
        assertThat(byDefault.warnings()).singleElement().asString().contains("without --encrypt");

        Settings wildcard =
                Settings.from(List.of(flags("bind-addr=:9000")), machine).orThrow();
        assertThat(wildcard.bindAddress()).isEqualTo(new HostPort("0.0.0.0", 9000));
        assertThat(wildcard.advertisedAddress()).isEqualTo(new HostPort("10.0.0.7", 9000));

        Settings named =
                Settings.from(List.of(flags("interface=eth1")), machine).orThrow();
        assertThat(named.bindAddress()).isEqualTo(new HostPort("192.168.1.7", 8946));
        assertThat(Settings.from(List.of(), machine.subList(0, 1)).orThrow().warnings())
                .singleElement()
                .asString()
                .contains("no private address");
    }

    @Test
    void tagsOfTheEnvironmentArePartedAtBlanksAndCommas() {
        SettingSource environment = SettingSource.environment(Map.of("DKRON_TAG", "role=web dc=x,zone=\"a b\""));
        assertThat(Settings.from(List.of(environment)).orThrow().tags())
                .containsExactly(Map.entry("role", "web"), Map.entry("dc", "x"), Map.entry("zone", "a b"));
    }

    @Test
    void aTagMapIsLowerCasedAndGivesWayToTag() {
        SettingSource environment = SettingSource.environment(Map.of("DKRON_TAGS", "{\"Role\":\"web\",\"n\":1}"));
        assertThat(Settings.from(List.of(environment)).orThrow().tags())
                .containsExactly(Map.entry("role", "web"), Map.entry("n", "1"));
        assertThat(Settings.from(List.of(flags("tag=a=b"), environment))
                        .orThrow()
                        .tags())
                .containsExactly(Map.entry("a", "b"));
    }

    @Test
    void whatSecurityDependsOnIsNeverIgnored() {
        assertThat(problems(flags("acl.enabled=true")))
                .singleElement()
                .asString()
                .contains("refused");
        assertThat(problems(flags("acl.enabled=false"))).isEmpty();
        assertThat(Settings.from(List.of(flags("snapshot-path=x"))).orThrow().warnings())
                .containsExactly("--snapshot-path has no effect here");
    }

    @Test
    void propertiesReadBackToTheSameSettings() {
        Settings settings = Settings.from(List.of(flags(
                        "tag=a=b c",
                        "tag=d=e,f",
                        "http-hosts=x.example",
                        "run-wait=1m",
                        "log-level=panic",
                        "server=true")))
                .orThrow();
        Map<String, String> properties = settings.toProperties();
        Settings again =
                Settings.from(name -> Optional.ofNullable(properties.get(name))).orThrow();
        assertThat(again.tags())
                .isEqualTo(settings.tags())
                .containsEntry("a", "b c")
                .containsEntry("d", "e,f");
        assertThat(again.toProperties()).isEqualTo(properties);
        assertThat(again.duration(Setting.RUN_WAIT)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void everyDefaultIsAValueOfItsType() {
        assertThat(Settings.from(List.of()).problems()).isEmpty();
        for (Setting setting : Setting.values()) {
            assertThat(setting.text()).as(setting.key()).isNotBlank();
            assertThat(Setting.named(setting.key())).contains(setting);
        }
    }

    @Test
    void sizesAreReadWithTheirUnits() {
        assertThat(Bytes.parse("64MiB")).hasValue(64L << 20);
        assertThat(Bytes.parse("1 kb")).hasValue(1000);
        assertThat(Bytes.parse("12 parsecs")).isEmpty();
        assertThat(Bytes.parse("999999999999999999GiB")).isEmpty();
    }

    @Test
    void aMistypedNameFindsItsNeighbour() {
        List<String> names = Arrays.stream(Setting.values()).map(Setting::key).toList();
        assertThat(NearestName.of("http-adr", names)).contains("http-addr");
        assertThat(NearestName.of("Node_Nam", names)).contains("node-name");
        assertThat(NearestName.of("completely-else", names)).isEmpty();
    }

    @Test
    void problemsNameFieldAndMessage() {
        assertThat(Settings.from(List.of(flags("fsync=maybe"))).problems())
                .containsExactly(new Problem("--fsync", "must be true or false, not \"maybe\""));
    }
}
