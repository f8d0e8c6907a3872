package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.SelfMember;
import io.dkron.agent.node.NodeData;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Store;
import io.dkron.ejb.raft.RaftSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** How a server takes part in a cluster, from its settings. */
final class Clusters {
    private Clusters() {}

    /** Whether the servers keep the store themselves. */
    static boolean embedded(Settings settings) {
        return Set.of("embedded", "boltdb").contains(settings.string(Setting.BACKEND));
    }

    /** Of Raft. */
    static RaftSettings raft(Settings settings, NodeData data) {
        HostPort bind = settings.raftAddress();
        return new RaftSettings(
                SelfMember.name(settings),
                data.identity().id(),
                data.directory().resolve("raft"),
                bind.host(),
                bind.port(),
                settings.advertisedAddress().host(),
                !settings.joinAddresses().isEmpty(),
                settings.integer(Setting.BOOTSTRAP_EXPECT),
                settings.integer(Setting.RAFT_MULTIPLIER),
                settings.bool(Setting.FSYNC),
                settings.duration(Setting.BACKEND_TIMEOUT));
    }

    /** The file of a Dkron 1.x without an external store that lies here while this server begins anew; it may be meant. */
    static Optional<Path> oldFile(Settings settings, NodeData data) {
        Path file = Stream.of(Setting.BACKEND_MACHINE, Setting.BACKEND_MACHINES)
                .flatMap(setting -> settings.list(setting).stream())
                .findFirst()
                .map(Path::of)
                .orElse(Path.of("dkron.db"));
        boolean begins = Files.notExists(data.directory().resolve("store"));
        return Optional.of(file).filter(f -> begins && Files.isRegularFile(f));
    }

    /** The cluster that a store says it belongs to: one that an earlier version wrote, alone. */
    static Optional<String> knownBy(Store store, Settings settings) {
        Layout layout = Layout.json(settings.string(Setting.KEYSPACE));
        return store.get(layout.keys().leader())
                .map(entry -> LeaderRecords.JSON.read(entry.value()).clusterId());
    }
}
