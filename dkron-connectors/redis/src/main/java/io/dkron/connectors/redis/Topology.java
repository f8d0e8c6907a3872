package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.StoreException;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the server to talk to. Each machine is asked what it is: a server alone is the answer itself, Sentinel names the
 * master, a node of a cluster knows who has our slot. Asked anew for every connection, so that it follows a fail-over.
 */
final class Topology {
    /** What a machine can be. */
    enum Kind {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }

    /** @param address of the master, as far as the machine knows */
    record Master(Kind kind, Address address) {}

    private final Dialer dialer;
    private final Machines machines;
    private final String keyspace;

    Topology(Dialer dialer, Machines machines, String keyspace) {
        this.dialer = dialer;
        this.machines = machines;
        this.keyspace = keyspace;
    }

    /** @throws StoreException when no machine knows: what each said */
    Master locate(Deadline deadline) {
        List<String> failures = new ArrayList<>();
        List<Address> asked = machines.addresses();
        for (int i = 0; i < asked.size(); i++) {
            // One that is silent must leave time for those after it.
            Deadline share = new Deadline(System.nanoTime() + deadline.left() / (asked.size() - i));
            try {
                return ask(asked.get(i), share);
            } catch (CallFailed e) {
                failures.add(e.getMessage());
            }
        }
        throw new StoreException(
                "redis cannot be reached: " + String.join("; ", failures) + "; start it, or see backend-machine");
    }

    private Master ask(Address machine, Deadline deadline) throws CallFailed {
        try (Link link = dialed(machine, deadline)) {
            String info = new String(
                    link.call(deadline, redis -> redis.info("server")).getBytes(UTF_8), UTF_8);
            if (info.contains("redis_mode:sentinel")) {
                return new Master(Kind.SENTINEL, watched(link, deadline));
            }
            if (info.contains("redis_mode:cluster")) {
                return new Master(Kind.CLUSTER, slotOwner(link, deadline));
            }
            if (machines.addresses().size() > 1) {
                throw new StoreException("backend-machine: " + machine + " is neither Sentinel nor of a cluster; "
                        + "name the one server, its Sentinels, or nodes of a cluster");
            }
            return new Master(Kind.STANDALONE, machine);
        }
    }

    /** Sentinel often has no password where the servers have one. */
    private Link dialed(Address machine, Deadline deadline) throws CallFailed {
        try {
            return dialer.dial(machine, 0, true, deadline);
        } catch (CallFailed e) {
            if (!e.getMessage().contains("AUTH") && !e.getMessage().contains("WRONGPASS")) {
                throw e;
            }
            Link link = dialer.dial(machine, 0, false, deadline);
            try {
                if (link.call(deadline, redis -> redis.info("server")).contains("redis_mode:sentinel")) {
                    return link;
                }
            } catch (CallFailed withoutToo) {
                e.addSuppressed(withoutToo);
            }
            link.close();
            throw e;
        }
    }

    private Address watched(Link sentinel, Deadline deadline) throws CallFailed {
        String name = machines.master().isEmpty() ? onlyMaster(sentinel, deadline) : machines.master();
        List<Object> answer = sentinel.call(
                deadline,
                redis -> redis.dispatch(
                        CommandType.SENTINEL,
                        new ArrayOutput<>(ByteArrayCodec.INSTANCE),
                        new CommandArgs<>(ByteArrayCodec.INSTANCE)
                                .add("get-master-addr-by-name")
                                .add(name)));
        if (answer.size() < 2) {
            throw CallFailed.refused(
                    "sentinel " + sentinel.address() + " knows no master " + name + "; see backend-machine", null);
        }
        return new Address(text(answer.get(0)), Integer.parseInt(text(answer.get(1))));
    }

    private static String onlyMaster(Link sentinel, Deadline deadline) throws CallFailed {
        List<Object> role = sentinel.call(deadline, redis -> redis.role());
        List<?> names = role.size() > 1 && role.get(1) instanceof List<?> list ? list : List.of();
        if (names.size() != 1) {
            throw CallFailed.refused(
                    "sentinel " + sentinel.address() + " watches " + names.size()
                            + " masters; name ours: backend-machine redis-sentinel://" + sentinel.address() + "#NAME",
                    null);
        }
        return text(names.get(0));
    }

    private Address slotOwner(Link node, Deadline deadline) throws CallFailed {
        int slot = SlotHash.getSlot(new KeyForm(keyspace, true).index());
        List<Object> ranges = node.call(deadline, redis -> redis.clusterSlots());
        for (Object range : ranges) {
            if (range instanceof List<?> parts
                    && parts.size() > 2
                    && parts.get(0) instanceof Long first
                    && parts.get(1) instanceof Long last
                    && first <= slot
                    && slot <= last
                    && parts.get(2) instanceof List<?> master
                    && master.get(1) instanceof Long port) {
                String host = master.get(0) == null ? "" : text(master.get(0));
                return new Address(host.isEmpty() ? node.address().host() : host, port.intValue());
            }
        }
        throw CallFailed.refused("redis " + node.address() + ": no node of the cluster has slot " + slot, null);
    }

    static String text(Object answer) {
        return answer instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(answer);
    }
}
