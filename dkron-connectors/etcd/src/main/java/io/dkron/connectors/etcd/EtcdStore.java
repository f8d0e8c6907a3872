package io.dkron.connectors.etcd;

import com.google.protobuf.ByteString;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys and values as they stand in etcd; the version of a key is its {@code mod_revision}. All reads are linearizable: any
 * machine answers with what the majority has (protocol P15). A page ends early, with {@link Page#more}, after {@value
 * #PAGE_BYTES} bytes or half of the time that a call may take. Safe for use by many threads.
 */
final class EtcdStore implements StoreClient {
    /**
     * etcd takes 128 comparisons and as many operations in a transaction, and 1.5 MiB a request. A key that is expected
     * and put stands in the request three times: compared, written, and read where the comparison fails. So a third of
     * that holds whatever the keys are.
     */
    static final Limits LIMITS = new Limits(128, 500 << 10, 500 << 10);

    static final int PAGE_BYTES = 8 << 20;
    private static final int FIRST_PART = 16;
    /** As many of the largest values as one answer holds; others may have written larger ones, see {@link #readPart}. */
    private static final int LARGEST_PART = 60;

    private final EtcdMachines machines;
    private final ByteString healthKey;
    private volatile Optional<String> full = Optional.empty();

    /** @param machines closed with this store */
    EtcdStore(EtcdMachines machines, String keyspace) {
        this.machines = machines;
        this.healthKey = ByteString.copyFromUtf8(keyspace + "/_dkron/leader");
    }

    @Override
    public Optional<Entry> get(String key) {
        RangeRequest request =
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        return read(request, machines.deadline()).getKvsList().stream()
                .findFirst()
                .map(EtcdStore::entry);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        Deadline deadline = machines.deadline();
        KeyRange range = KeyRange.of(prefix, after);
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        int part = Math.min(limit, FIRST_PART);
        while (true) {
            Optional<RangeResponse> some = readPart(range.request(part), deadline);
            if (some.isEmpty()) {
                part = Math.max(1, part / 8);
                continue;
            }
            RangeResponse answer = some.get();
            for (KeyValue each : answer.getKvsList()) {
                entries.add(entry(each));
                bytes += each.getSerializedSize();
            }
            boolean enough = entries.size() == limit || bytes >= PAGE_BYTES || machines.isLate(deadline);
            if (!answer.getMore() || enough) {
                return new Page(entries, answer.getMore());
            }
            long fits = Math.max(1, (PAGE_BYTES - bytes) / Math.max(1, bytes / entries.size()));
            part = (int) Math.min(Math.min(limit - entries.size(), fits), LARGEST_PART);
            range = range.after(answer.getKvs(answer.getKvsCount() - 1).getKey());
        }
    }

    @Override
    public CommitResult commit(Batch batch) {
        EtcdBatch transaction = new EtcdBatch(batch, healthKey);
        try {
            TxnResponse answer =
                    machines.call(KVGrpc.getTxnMethod(), transaction.request(), false, machines.deadline());
            full = Optional.empty();
            return transaction.result(answer);
        } catch (EtcdFailure e) {
            if (e.isFull()) {
                full = Optional.of(e.getMessage());
            }
            return e.kind() == EtcdFailure.Kind.LOST
                    ? new CommitResult.Unknown(e.getMessage())
                    : new CommitResult.Failed(e.getMessage());
        }
    }

    /** Reads one key, which needs a majority; says too when the last commit found the database full. */
    @Override
    public Health health() {
        try {
            RangeRequest request = RangeRequest.newBuilder()
                    .setKey(healthKey)
                    .setCountOnly(true)
                    .build();
            machines.call(KVGrpc.getRangeMethod(), request, true, machines.deadline());
            return full.map(Health::down).orElse(Health.UP);
        } catch (EtcdFailure e) {
            return Health.down(e.getMessage());
        }
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public void close() {
        machines.close();
    }

    private RangeResponse read(RangeRequest request, Deadline deadline) {
        try {
            return machines.call(KVGrpc.getRangeMethod(), request, true, deadline);
        } catch (EtcdFailure e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    /** Empty when the answer would be too large. */
    private Optional<RangeResponse> readPart(RangeRequest request, Deadline deadline) {
        try {
            return Optional.of(machines.call(KVGrpc.getRangeMethod(), request, true, deadline));
        } catch (EtcdFailure e) {
            if (e.isTooLarge() && request.getLimit() > 1) {
                return Optional.empty();
            }
            throw new StoreException(e.getMessage(), e);
        }
    }

    private static Entry entry(KeyValue found) {
        return new Entry(found.getKey().toStringUtf8(), found.getValue().toByteArray(), found.getModRevision());
    }
}
