package io.dkron.connectors.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.Map;
import java.util.Optional;

/**
 * A batch as one transaction: if all {@code mod_revision}s are as expected write, else read the keys, so that the refusal
 * names the one that differed at that moment.
 */
final class EtcdBatch {
    private final Batch batch;
    private final ByteString anyKey;

    /** @param anyKey is read where there is nothing to write, since etcd takes a majority's word only to read or write */
    EtcdBatch(Batch batch, ByteString anyKey) {
        this.batch = batch;
        this.anyKey = anyKey;
    }

    TxnRequest request() {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        batch.expected().forEach((key, version) -> {
            ByteString bytes = ByteString.copyFromUtf8(key);
            request.addCompare(Compare.newBuilder()
                    .setKey(bytes)
                    .setTarget(Compare.CompareTarget.MOD)
                    .setResult(Compare.CompareResult.EQUAL)
                    .setModRevision(version));
            request.addFailure(look(bytes));
        });
        batch.writes().forEach((key, value) -> request.addSuccess(write(ByteString.copyFromUtf8(key), value)));
        if (batch.writes().isEmpty()) {
            request.addSuccess(look(anyKey));
        }
        return request.build();
    }

    private static RequestOp write(ByteString key, Optional<byte[]> value) {
        RequestOp.Builder operation = RequestOp.newBuilder();
        value.ifPresentOrElse(
                bytes -> operation.setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(UnsafeByteOperations.unsafeWrap(bytes))),
                () -> operation.setRequestDeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(key)));
        return operation.build();
    }

    private static RequestOp look(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key).setKeysOnly(true))
                .build();
    }

    CommitResult result(TxnResponse answer) {
        if (answer.getSucceeded()) {
            return new CommitResult.Committed(answer.getHeader().getRevision());
        }
        int index = 0;
        for (Map.Entry<String, Long> expected : batch.expected().entrySet()) {
            RangeResponse seen = answer.getResponses(index++).getResponseRange();
            long actual =
                    seen.getKvsCount() == 0 ? Batch.ABSENT : seen.getKvs(0).getModRevision();
            if (actual != expected.getValue()) {
                return new CommitResult.Refused(expected.getKey(), actual);
            }
        }
        throw new IllegalStateException("etcd refused a transaction all of whose comparisons hold: " + batch);
    }
}
