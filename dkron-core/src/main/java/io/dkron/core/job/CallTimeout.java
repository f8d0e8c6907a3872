package io.dkron.core.job;

import io.dkron.core.time.GoDuration;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The {@code timeout} of the executors {@code http} and {@code grpc}: whole seconds. Stateless. */
public final class CallTimeout {
    /** Of a job that says none. */
    public static final Duration DEFAULT = Duration.ofSeconds(30);

    private static final Pattern SECONDS = Pattern.compile("\\+?\\d+");
    private static final BigInteger MOST = BigInteger.valueOf(GoDuration.MAX.toSeconds());

    private CallTimeout() {}

    /**
     * The time, zero for no limit, {@link #DEFAULT} for no text. Empty if the text is none, then {@code complain} is told
     * once why.
     */
    public static Optional<Duration> parse(String text, Consumer<String> complain) {
        if (text.isEmpty()) {
            return Optional.of(DEFAULT);
        }
        if (!SECONDS.matcher(text).matches()) {
            complain.accept("must be whole seconds, 0 for no limit, not \"" + text + "\"");
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(new BigInteger(text).min(MOST).longValueExact()));
    }
}
