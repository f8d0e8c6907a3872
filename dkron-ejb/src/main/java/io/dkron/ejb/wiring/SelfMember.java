package io.dkron.ejb.wiring;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SortedMap;
import java.util.TreeMap;

/** This server as others see it: with the tags of both generations, so that jobs of both find it. */
final class SelfMember {
    private SelfMember() {}

    /**
     * Describes this node.
     *
     * @param rpcPort where its RPC really listens
     */
    static Member of(Settings settings, String id, String version, int rpcPort, String journalId) {
        HostPort bind = HostPort.parse(settings.string(Setting.BIND_ADDR), 8946).orElseThrow();
        String address = address(bind.host());
        SortedMap<String, String> tags = new TreeMap<>(settings.tags());
        String rpc = new HostPort(address, rpcPort).toString();
        tags.put("dkron_server", "true");
        tags.put("dkron_version", version);
        tags.put("dkron_rpc_addr", rpc);
        tags.put("server", "true");
        tags.put("version", version);
        tags.put("rpc_addr", rpc);
        tags.put("port", Integer.toString(rpcPort));
        tags.put("dc", settings.string(Setting.DATACENTER));
        tags.put("region", settings.string(Setting.REGION));
        tags.putIfAbsent("role", "dkron");
        int expect = settings.integer(Setting.BOOTSTRAP_EXPECT);
        if (expect == 1) {
            tags.put("bootstrap", "1");
        }
        if (expect > 0) {
            tags.put("expect", Integer.toString(expect));
        }
        String name = name(settings);
        return new Member(id, name, address, bind.port(), rpcPort, true, tags, MemberStatus.ALIVE, journalId);
    }

    /** The name of this node: as set, else the host's. */
    static String name(Settings settings) {
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
        if (host.isEmpty()) {
            return "127.0.0.1";
        }
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            return host; // told as it was given: others may know the name
        }
    }
}
