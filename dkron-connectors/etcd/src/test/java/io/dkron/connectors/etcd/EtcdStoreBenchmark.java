package io.dkron.connectors.etcd;

import com.google.protobuf.ByteString;
import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreServer;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Against the generated stub with a transaction of puts. */
class EtcdStoreBenchmark extends StoreBenchmark {
    @Override
    protected String backend() {
        return "etcd";
    }

    @Override
    protected Optional<StoreServer> server() {
        return Optional.of(new EtcdServer());
    }

    @Override
    protected StoreClient open(String machine) {
        return new EtcdConnector().open(EtcdServer.request(List.of(machine), "dkron", Duration.ofSeconds(10)));
    }

    @Override
    protected Step plain(String machine) {
        ManagedChannel channel = Grpc.newChannelBuilder(machine, InsecureChannelCredentials.create())
                .build();
        KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(channel);
        return new Step() {
            @Override
            public void put(Map<String, byte[]> records) {
                TxnRequest.Builder request = TxnRequest.newBuilder();
                records.forEach((key, value) -> request.addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("plain/" + key))
                                .setValue(ByteString.copyFrom(value)))));
                stub.txn(request.build());
            }

            @Override
            public void close() {
                channel.shutdownNow();
            }
        };
    }
}
