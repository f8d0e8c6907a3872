package io.dkron.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShellTest {
    @Test
    void whatWouldHideOrReorderTextIsShownByItsNumber() {
        assertThat(Shell.shown("a\u202eb\u0007c")).isEqualTo("a[U+202E]b[U+0007]c");
        assertThat(Shell.shown("größe-日本")).isEqualTo("größe-日本");
    }

    @Test
    void aLongNameIsCut() {
        assertThat(Shell.shown("x".repeat(201))).isEqualTo("x".repeat(200) + "…");
        assertThat(Shell.shown("x".repeat(200))).isEqualTo("x".repeat(200));
    }
}
