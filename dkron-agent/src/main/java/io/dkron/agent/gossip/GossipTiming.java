package io.dkron.agent.gossip;

import java.time.Duration;

/**
 * How fast gossip is.
 *
 * @param probe pause between two heartbeats to a watched member
 * @param timeout silence after which a member counts as failed; several members were asked for it before
 * @param sync pause between two comparisons with a random member
 * @param reconnect longest pause between two tries to reach a failed member again
 */
public record GossipTiming(Duration probe, Duration timeout, Duration sync, Duration reconnect) {
    private static final Duration RECONNECT = Duration.ofSeconds(30);

    /**
     * The times of a profile.
     *
     * @param profile {@code lan}, {@code wan} or {@code local}
     * @param multiplier 1 to 10, of the timeout: for machines that are busy (protocol P23)
     * @throws IllegalArgumentException for another profile
     */
    public static GossipTiming of(String profile, int multiplier) {
        return switch (profile) {
            case "lan" -> times(1_000, 3_000L * multiplier, 30);
            case "wan" -> times(3_000, 12_000L * multiplier, 60);
            case "local" -> times(500, 2_000L * multiplier, 15);
            default -> throw new IllegalArgumentException("no profile: " + profile);
        };
    }

    private static GossipTiming times(long probe, long timeout, long sync) {
        return new GossipTiming(
                Duration.ofMillis(probe), Duration.ofMillis(timeout), Duration.ofSeconds(sync), RECONNECT);
    }
}
