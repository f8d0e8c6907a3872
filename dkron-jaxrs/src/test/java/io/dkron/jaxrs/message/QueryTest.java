package io.dkron.jaxrs.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.jaxrs.problem.ApiProblem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryTest {
    @Test
    void bracketsMayBeRawOrEncoded() {
        assertThat(query("metadata[team]=a&metadata%5Bx%20y%5D=b+c%2B&tags[r]=web:1")
                        .bracketed("metadata"))
                .isEqualTo(Map.of("team", "a", "x y", "b c+"));
    }

    @Test
    void whatIsNoPercentCodeStandsForItself() {
        assertThat(query("q=100%&r=%zz&s=%e6%97%a5").value("q")).contains("100%");
        assertThat(query("q=100%&r=%zz&s=%e6%97%a5").value("r")).contains("%zz");
        assertThat(query("q=100%&r=%zz&s=%e6%97%a5").value("s")).contains("日");
    }

    @ParameterizedTest
    @CsvSource({"runoncreate,true", "runoncreate=,true", "runoncreate=true,true", "runoncreate=false,false", "x=1,false"
    })
    void aFlagIsSetByItsPresenceUnlessItSaysFalse(String text, boolean set) {
        assertThat(query(text).flag("runoncreate")).isEqualTo(set);
    }

    @ParameterizedTest
    @CsvSource({
        "_start=-1,_start",
        "_end=x,_end",
        "_start=3&_end=2,_start",
        "_order=up,_order",
        "_start=99999999999,_start"
    })
    void wrongParametersAreNamed(String text, String name) {
        Parameters in = new Parameters(query(text));
        in.rows();
        in.descending(false);
        assertThatThrownBy(in::check)
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        p -> assertThat(p.errors())
                                .singleElement()
                                .satisfies(e -> assertThat(e.field()).isEqualTo(name)));
    }

    @Test
    void rowsPastTheEndAreNone() {
        assertThat(new Parameters.Rows(99, Integer.MAX_VALUE).of(List.of(1, 2, 3)))
                .isEmpty();
        assertThat(new Parameters.Rows(1, 99).of(List.of(1, 2, 3))).containsExactly(2, 3);
        assertThat(new Parameters.Rows(1, 2).of(List.of(1, 2, 3))).containsExactly(2);
    }

    private static Query query(String text) {
        return Query.parse(Optional.of(text));
    }
}
