package io.dkron.agent.node;

import io.dkron.agent.gossip.Peers;
import io.dkron.agent.gossip.SelfMember;
import io.dkron.agent.rpc.RpcSecurity;
import io.dkron.core.cluster.Member;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a running node takes over when its configuration was read again. */
public final class Reload {
    private static final Logger LOG = System.getLogger(Reload.class.getName());
    private static final Set<Setting> LIVE = EnumSet.of(Setting.TAG, Setting.TAGS, Setting.LOG_LEVEL);

    private final Peers peers;
    private final RpcSecurity security;
    private final String version;

    /** @param version of the program, as the node tells it to others */
    public Reload(Peers peers, RpcSecurity security, String version) {
        this.peers = Objects.requireNonNull(peers, "peers");
        this.security = Objects.requireNonNull(security, "security");
        this.version = Objects.requireNonNull(version, "version");
    }

    /** Settings that differ and count only after a restart, by name. */
    public static List<Setting> needRestart(Settings old, Settings fresh) {
        Map<String, String> before = old.toProperties();
        Map<String, String> now = fresh.toProperties();
        return Arrays.stream(Setting.values())
                .filter(setting -> !LIVE.contains(setting))
                .filter(setting -> !Objects.equals(before.get(setting.property()), now.get(setting.property())))
                .toList();
    }

    /** As {@link #apply(Settings)}, of what {@link Settings#toProperties} made. */
    public void apply(Map<String, String> properties) {
        apply(Settings.from(name -> Optional.ofNullable(properties.get(name))).orThrow());
    }

    /** Tells the others the node's new tags, and reads certificates again. */
    public void apply(Settings fresh) {
        Member self = peers.self().member();
        Member tagged = SelfMember.retagged(self, fresh, version);
        if (!tagged.tags().equals(self.tags())) {
            peers.update(peer -> peer.with(SelfMember.retagged(peer.member(), fresh, version)));
            LOG.log(Level.INFO, "tags changed tags={0}", new TreeMap<>(fresh.tags()));
        }
        security.reload()
                .ifPresent(
                        why -> LOG.log(Level.ERROR, "TLS files cannot be used, the old ones stay reason=\"{0}\"", why));
    }
}
