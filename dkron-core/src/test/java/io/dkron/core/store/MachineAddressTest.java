package io.dkron.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineAddressTest {
    private static List<MachineAddress> parsed(StoreRequest.Tls tls, String... machines) {
        return MachineAddress.of(
                new StoreRequest(
                        "etcd", Arrays.asList(machines), "dkron", "", "", tls, "", "", "", true, Duration.ofSeconds(1)),
                2379);
    }

    private static final StoreRequest.Tls ON = new StoreRequest.Tls(true, "", "", "");

    @Test
    void addressesAreReadInAllTheirForms() {
        assertThat(parsed(StoreRequest.Tls.OFF, "a", "a:1", " http://b.example:2/", "https://c", "[::1]:3", "10.0.0.1"))
                .containsExactly(
                        new MachineAddress("a", 2379, false),
                        new MachineAddress("a", 1, false),
                        new MachineAddress("b.example", 2, false),
                        new MachineAddress("c", 2379, true),
                        new MachineAddress("::1", 3, false),
                        new MachineAddress("10.0.0.1", 2379, false));
        assertThat(parsed(ON, "a:1", "https://b")).allMatch(MachineAddress::tls);
        assertThat(new MachineAddress("::1", 3, false)).hasToString("[::1]:3");
    }

    @Test
    void withoutAMachineLoopbackIsMeant() {
        assertThat(parsed(StoreRequest.Tls.OFF)).containsExactly(new MachineAddress("127.0.0.1", 2379, false));
        assertThat(parsed(ON)).containsExactly(new MachineAddress("127.0.0.1", 2379, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a:b", "a:0", "a:70000", "ftp://a", "http://", "a b", "http://u:p@a", "http://a/x", "a?x"})
    void whatIsNoAddressIsSaid(String text) {
        assertThatThrownBy(() -> parsed(StoreRequest.Tls.OFF, "good", text))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("backend-machine of etcd: \"" + text + "\"");
    }

    @Test
    void plainTextDespiteTlsIsAContradiction() {
        assertThatThrownBy(() -> parsed(ON, "http://a"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("backend-tls");
    }
}
