package io.dkron.agent.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoProxyTest {
    @ParameterizedTest(name = "NO_PROXY={0}: {1} without proxy: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "''|http://example.org/|false",
                "''|http://localhost:81/|true",
                "''|http://127.9.9.9/|true",
                "''|http://[::1]:81/|true",
                "*|http://example.org/|true",
                "example.org|http://example.org/|true",
                "example.org|http://EXAMPLE.org/|true",
                "example.org|https://a.example.org/|true",
                "example.org|http://anexample.org/|false",
                ".example.org|http://example.org/|false",
                ".example.org|http://a.example.org/|true",
                "*.example.org|http://a.example.org/|true",
                "other, example.org:81|http://example.org:81/|true",
                "example.org:81|http://example.org/|false",
                "example.org:443|https://example.org/|true",
                "10.0.0.0/8|http://10.200.3.4/|true",
                "10.0.0.0/8|http://11.0.0.1/|false",
                "10.0.0.0/9|http://10.128.0.1/|false",
                "10.0.0.0/99|http://10.0.0.1/|false",
                "10.1.2.3|http://10.1.2.3/|true",
                "10.1.2.3:81|http://10.1.2.3/|false",
                "10.1.2.3|http://10.1.2.33/|false",
                "fd00::/8|http://[fd12::1]/|true",
                "[fd12::1]:81|http://[fd12::1]:81/|true",
                "10.0.0.0/8|http://ten.example.org/|false"
            })
    void listsAreReadAsOtherProgramsReadThem(String list, String url, boolean direct) {
        assertThat(NoProxy.parse(list).includes(URI.create(url))).isEqualTo(direct);
    }
}
