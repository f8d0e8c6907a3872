package io.dkron.connectors.redis;

import java.util.List;

/** The scripts that run in the server. */
final class Scripts {
    static final Script COMMIT = new Script("commit.lua");
    static final Script LIST = new Script("list.lua");
    static final Script PROBE = new Script("probe.lua");

    static final List<Script> ALL = List.of(COMMIT, LIST, PROBE);

    private Scripts() {}
}
