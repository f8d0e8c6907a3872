package io.dkron.agent.gossip;

import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What gossip needs to know before it starts.
 *
 * @param bind where to listen; port 0 = any free one
 * @param join {@code host:port} or {@code host} each; tried at once and then every {@code retryInterval} while this node is
 *     alone
 * @param retryMax tries after which a node that never joined gives up; 0 = no limit
 * @param reconnectTimeout how long a failed member is remembered
 */
public record GossipConfig(
        InetAddress bind,
        int bindPort,
        List<HostPort> join,
        Duration retryInterval,
        int retryMax,
        GossipTiming timing,
        Duration reconnectTimeout,
        Encryption encryption) {
    public GossipConfig {
        Objects.requireNonNull(bind, "bind");
        Objects.requireNonNull(retryInterval, "retryInterval");
        Objects.requireNonNull(timing, "timing");
        Objects.requireNonNull(reconnectTimeout, "reconnectTimeout");
        Objects.requireNonNull(encryption, "encryption");
        join = List.copyOf(join);
    }

    /**
     * From a node's settings.
     *
     * @throws UnknownHostException when the host of {@code bind-addr} is none
     */
    public static GossipConfig from(Settings settings) throws UnknownHostException {
        HostPort bind = settings.bindAddress();
        return new GossipConfig(
                InetAddress.getByName(bind.host()),
                bind.port(),
                settings.joinAddresses(),
                settings.duration(Setting.RETRY_INTERVAL),
                settings.integer(Setting.RETRY_MAX),
                GossipTiming.of(
                        settings.string(Setting.PROFILE), Math.max(1, settings.integer(Setting.RAFT_MULTIPLIER))),
                settings.reconnectTimeout(),
                Encryption.of(settings.string(Setting.ENCRYPT)));
    }
}
