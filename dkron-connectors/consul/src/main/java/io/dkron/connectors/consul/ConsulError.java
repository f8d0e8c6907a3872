package io.dkron.connectors.consul;

import io.dkron.core.json.JsonNumber;
import io.dkron.core.problem.MalformedInputException;
import java.util.Map;
import java.util.Objects;

/**
 * Why a transaction was refused; nothing of it was done.
 *
 * @param operation index of the operation that failed
 * @param text what Consul says
 */
record ConsulError(int operation, String text) {
    ConsulError {
        Objects.requireNonNull(text, "text");
    }

    static ConsulError of(Map<String, Object> fields) {
        return new ConsulError((int) number(fields, "OpIndex"), String.valueOf(fields.get("What")));
    }

    /** Whether the key is not as the operation wants it, rather than that it may not be done. */
    boolean isOfAKey() {
        return text.contains("index is stale")
                || text.contains("exists")
                || text.contains("exist")
                || text.contains("index check");
    }

    String advice() {
        return text.contains("ermission denied") ? ConsulFailure.deniedAdvice(text) : text;
    }

    static long number(Map<String, Object> fields, String name) {
        if (fields.get(name) instanceof JsonNumber number && number.integral()) {
            return number.value().longValueExact();
        }
        throw MalformedInputException.whole(name + " must be a number");
    }
}
