package io.dkron.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginPolicyTest {
    private final OriginPolicy policy =
            new OriginPolicy(List.of("node1", "Dkron.example.org"), List.of("https://Tools.example.org"));

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080,true",
        "10.1.2.3,true",
        "[::1]:8080,true",
        "[fd00::1%eth0],true",
        "localhost,true",
        "LOCALHOST:8080,true",
        "node1:8080,true",
        "dkron.example.org,true",
        "dkron.example.org.:8080,true",
        "'',true",
        "evil.example,false",
        "evil.example:8080,false",
        "127.0.0.1.evil.example,false",
        "localhost.evil.example,false",
        "xnode1,false",
        "[evil],false",
        "dead.beef,false",
    })
    void onlyNamesOfThisNodeAreHosts(String host, boolean admitted) {
        assertThat(decide("GET", host, null, null, null).admitted()).isEqualTo(admitted);
    }

    @ParameterizedTest
    @CsvSource({
        // method, host, origin, fetch site, fetch mode, admitted
        "POST,127.0.0.1:8080,,,,true",
        "POST,127.0.0.1:8080,http://127.0.0.1:8080,same-origin,cors,true",
        "POST,dkron.example.org,https://dkron.example.org,,,true",
        "POST,dkron.example.org:443,https://dkron.example.org,,,true",
        "POST,127.0.0.1:8080,http://evil.example,,,false",
        "GET,127.0.0.1:8080,http://evil.example,,,false",
        "POST,127.0.0.1:8080,http://127.0.0.1:9090,same-site,cors,false",
        "POST,127.0.0.1:8080,null,cross-site,cors,false",
        "POST,127.0.0.1:8080,https://tools.example.org,cross-site,cors,true",
        "POST,127.0.0.1:8080,https://tools.example.org.evil,cross-site,cors,false",
        "GET,127.0.0.1:8080,,cross-site,no-cors,false",
        "GET,127.0.0.1:8080,,cross-site,navigate,true",
        "POST,127.0.0.1:8080,,cross-site,navigate,false",
        "GET,127.0.0.1:8080,,none,navigate,true",
    })
    void noPageOfAnotherSiteMayAsk(
            String method, String host, String origin, String site, String mode, boolean admitted) {
        assertThat(decide(method, host, origin, site, mode).admitted()).isEqualTo(admitted);
    }

    @ParameterizedTest
    @CsvSource({"https://tools.example.org,true", "http://127.0.0.1:8080,false"})
    void onlyListedOriginsGetCorsHeaders(String origin, boolean cors) {
        assertThat(decide("GET", "127.0.0.1:8080", origin, null, null).cors().isPresent())
                .isEqualTo(cors);
    }

    private OriginPolicy.Decision decide(String method, String host, String origin, String site, String mode) {
        return policy.decide(new OriginPolicy.Request(
                method,
                Optional.ofNullable(host),
                Optional.ofNullable(origin),
                Optional.ofNullable(site),
                Optional.ofNullable(mode)));
    }
}
