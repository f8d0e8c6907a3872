package io.dkron.agent.gossip;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** This node as others see it: with the tags of both generations of Dkron, so that jobs of both find it. */
public final class SelfMember {
    private static final Set<String> RESERVED = Set.of(
            "dkron_server",
            "dkron_version",
            "dkron_rpc_addr",
            "server",
            "version",
            "rpc_addr",
            "port",
            "dc",
            "region",
            "bootstrap",
            "expect");
    private static final int LONGEST_TAGS = 8 << 10;

    private SelfMember() {}

    /**
     * Describes this node.
     *
     * @param id of its data directory
     * @param rpcPort where its RPC really listens; others are told {@code advertise-rpc-port} where that is set
     */
    public static Member of(Settings settings, String id, String version, int rpcPort, String journalId) {
        HostPort told = settings.advertisedAddress();
        String address = address(told.host());
        int toldRpc =
                settings.isGiven(Setting.ADVERTISE_RPC_PORT) ? settings.integer(Setting.ADVERTISE_RPC_PORT) : rpcPort;
        boolean server = settings.bool(Setting.SERVER);
        return new Member(
                id,
                name(settings),
                address,
                told.port(),
                toldRpc,
                server,
                tags(settings, version, new HostPort(address, toldRpc), server),
                MemberStatus.ALIVE,
                journalId);
    }

    /** This node after a reload: the same with the tags of newer settings. */
    public static Member retagged(Member member, Settings settings, String version) {
        return new Member(
                member.id(),
                member.name(),
                member.address(),
                member.port(),
                member.rpcPort(),
                member.server(),
                tags(settings, version, new HostPort(member.address(), member.rpcPort()), member.server()),
                member.status(),
                member.journalId());
    }

    private static SortedMap<String, String> tags(Settings settings, String version, HostPort rpc, boolean server) {
        SortedMap<String, String> tags = new TreeMap<>(settings.tags());
        tags.keySet().removeAll(RESERVED);
        tags.put("dkron_server", Boolean.toString(server));
        tags.put("dkron_version", version);
        tags.put("version", version);
        tags.put("rpc_addr", rpc.toString());
        tags.put("port", Integer.toString(rpc.port()));
        tags.put("dc", settings.string(Setting.DATACENTER));
        tags.put("region", settings.string(Setting.REGION));
        tags.putIfAbsent("role", "dkron");
        if (server) {
            serverTags(tags, settings.integer(Setting.BOOTSTRAP_EXPECT), rpc);
        }
        return tags;
    }

    private static void serverTags(SortedMap<String, String> tags, int expect, HostPort rpc) {
        tags.put("server", "true");
        tags.put("dkron_rpc_addr", rpc.toString());
        if (expect == 1) {
            tags.put("bootstrap", "1");
        }
        if (expect > 0) {
            tags.put("expect", Integer.toString(expect));
        }
    }

    /** What a person should know of the tags that the user gave: names that are Dkron's own, and too many of them. */
    public static List<String> warnings(Settings settings) {
        Map<String, String> tags = settings.tags();
        Set<String> taken = new TreeSet<>(tags.keySet());
        taken.retainAll(RESERVED);
        int size = tags.entrySet().stream()
                .mapToInt(tag -> tag.getKey().length() + tag.getValue().length())
                .sum();
        List<String> warnings = new java.util.ArrayList<>();
        if (!taken.isEmpty()) {
            warnings.add("tags that Dkron sets itself are ignored: " + String.join(", ", taken));
        }
        if (size > LONGEST_TAGS) {
            warnings.add("the tags have " + size + " characters; more than " + LONGEST_TAGS + " are not meant to be");
        }
        return warnings;
    }

    /** The name of this node: as set, else the host's. */
    public static String name(Settings settings) {
        if (!settings.string(Setting.NODE_NAME).isEmpty()) {
            return settings.string(Setting.NODE_NAME);
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost"; // a machine without a name is this one
        }
    }

    private static String address(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("--advertise-addr or --bind-addr: no such host: " + host, e);
        }
    }
}
