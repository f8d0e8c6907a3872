package io.dkron.connectors.etcd;

import io.dkron.core.store.Connector;
import io.dkron.core.store.MachineAddress;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.util.Set;

/**
 * etcd 3.4 or newer, by its version 3 API under both names: what Dkron 1.x wrote by the version 2 API ({@code etcd}) is
 * invisible here. Machines are tried in turn, {@code 127.0.0.1:2379} where none is named.
 */
public final class EtcdConnector implements Connector {
    private static final int PORT = 2379;

    @Override
    public Set<String> names() {
        return Set.of("etcd", "etcdv3");
    }

    /** Connects at the first call; here only the settings are checked. */
    @Override
    public StoreClient open(StoreRequest request) {
        if (request.username().isEmpty() != request.password().isEmpty()) {
            throw new StoreException("etcd: give backend-username and backend-password, or neither");
        }
        return new EtcdStore(EtcdMachines.open(MachineAddress.of(request, PORT), request), request.keyspace());
    }
}
