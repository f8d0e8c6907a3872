package io.dkron.ejb.service;

import io.dkron.core.executor.ConfigKey;
import java.util.List;
import java.util.Objects;

/**
 * An executor or a processor that a job can name. Immutable.
 *
 * @param keys what it understands, in the order to show it; empty also where only other members have it
 * @param members names of the live members that have it, in order
 */
public record Installed(String name, List<ConfigKey> keys, List<String> members) {
    public Installed {
        Objects.requireNonNull(name, "name");
        keys = List.copyOf(keys);
        members = List.copyOf(members);
    }
}
