package io.dkron.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.StoreRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {
    @Test
    void aStoreOfOthersIsMachinesAndAKeyspace() {
        StoreRequest request = StoreAddress.parse(
                        "etcd://ops@a:2379,b:2379/prod?tls=true&ca-file=%2Fetc%2Fca.pem", "secret")
                .request();
        assertThat(request.backend()).isEqualTo("etcd");
        assertThat(request.machines()).containsExactly("a:2379", "b:2379");
        assertThat(request.keyspace()).isEqualTo("prod");
        assertThat(request.username()).isEqualTo("ops");
        assertThat(request.password()).isEqualTo("secret");
        assertThat(request.tls().on()).isTrue();
        assertThat(request.tls().caFile()).isEqualTo("/etc/ca.pem");
    }

    @Test
    void aDatabaseStandsBehindItsMachineAndACloudNeedsNone() {
        assertThat(StoreAddress.parse("postgres://db:5432/dkron/prod", "").request())
                .satisfies(r -> assertThat(r.machines()).containsExactly("db:5432/dkron"))
                .satisfies(r -> assertThat(r.keyspace()).isEqualTo("prod"));
        assertThat(StoreAddress.parse("dynamodb:///prod?region=eu-west-1", "").request())
                .satisfies(r -> assertThat(r.machines()).isEmpty())
                .satisfies(r -> assertThat(r.region()).isEqualTo("eu-west-1"));
    }

    @Test
    void theEmbeddedStoreIsADirectory() {
        assertThat(StoreAddress.parse("embedded:/var/lib/dkron", "").request())
                .satisfies(r -> assertThat(r.dataDir()).isEqualTo("/var/lib/dkron"))
                .satisfies(r -> assertThat(r.keyspace()).isEqualTo("dkron"));
        assertThat(StoreAddress.parse("embedded:data?keyspace=other", "")
                        .request()
                        .keyspace())
                .isEqualTo("other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "etcd",
                "etcd://a:2379",
                "etcd://a:2379/",
                "etcd:/data",
                "embedded:",
                "etcd://user:password@a:2379/k",
                "etcd://a/k?colour=red"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> StoreAddress.parse(text, "")).isInstanceOf(IllegalArgumentException.class);
    }
}
