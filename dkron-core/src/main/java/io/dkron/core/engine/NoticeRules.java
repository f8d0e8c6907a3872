package io.dkron.core.engine;

import io.dkron.core.execution.Notification.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How the engine tells of executions.
 *
 * @param channels those that are set up; without any nothing is written
 * @param pauses before the second try, the third, and so on; one more try than pauses is made
 * @param atOnce how many of a channel are handed out and not answered at a time
 * @param most how many wait in the outbox; beyond that the oldest are dropped, which is logged and counted
 */
public record NoticeRules(Set<Channel> channels, List<Duration> pauses, int atOnce, int most) {
    /** Nobody is told. */
    public static final NoticeRules NONE =
            new NoticeRules(Set.of(), List.of(Duration.ofSeconds(5), Duration.ofSeconds(30)), 16, 10_000);

    public NoticeRules {
        channels = Set.copyOf(channels);
        pauses = List.copyOf(pauses);
        if (atOnce < 1 || most <= atOnce * Channel.values().length) {
            throw new IllegalArgumentException("an outbox of " + most + " with " + atOnce + " at once");
        }
    }

    /** These rules for those channels. */
    public NoticeRules on(Set<Channel> wanted) {
        return new NoticeRules(wanted, pauses, atOnce, most);
    }

    /** How often a message is tried. */
    public int tries() {
        return pauses.size() + 1;
    }
}
