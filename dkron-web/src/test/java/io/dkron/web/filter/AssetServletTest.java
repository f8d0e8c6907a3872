package io.dkron.web.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AssetServletTest {
    @Test
    void gzipIsSentToThoseWhoTakeIt() {
        assertThat(AssetServlet.takesGzip("gzip, deflate, br")).isTrue();
        assertThat(AssetServlet.takesGzip("br, GZIP;q=0.5")).isTrue();
        assertThat(AssetServlet.takesGzip("gzip;q=0")).isFalse();
        assertThat(AssetServlet.takesGzip("identity")).isFalse();
        assertThat(AssetServlet.takesGzip(null)).isFalse();
    }
}
