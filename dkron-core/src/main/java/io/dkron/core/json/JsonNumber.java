package io.dkron.core.json;

import java.math.BigDecimal;

/**
 * A number as it was sent, so that 64-bit integers stay exact.
 *
 * @param text a number in JSON's grammar
 */
public record JsonNumber(String text) {
    /** Whether it is written as an integer: no fraction, no exponent. */
    public boolean integral() {
        return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
    }

    public BigDecimal value() {
        return new BigDecimal(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
