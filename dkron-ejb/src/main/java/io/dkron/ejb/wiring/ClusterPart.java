package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.store.BatchListener;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.service.ClusterService.ForgetAnswer;
import io.dkron.ejb.service.RaftOperations;
import io.grpc.BindableService;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What ties a server to the others: who they are, who may lead, and the store that they share. Order of calls: {@link
 * #services} go to the RPC server, {@link #listener}, {@link #start}, the election is started; at the end {@link #leaving},
 * {@link #leave} where it is for good, {@link #stop}.
 */
interface ClusterPart {
    /** The members; before {@link #start} nobody is known. */
    Peers peers();

    /** Who may lead, and the store. */
    Election election();

    /** The Raft group, where the store has one. */
    Optional<RaftOperations> raft();

    /** Offered to other servers on the RPC port. */
    List<BindableService> services();

    /** Connections to the other nodes; empty where there are none. */
    Optional<RpcClients> clients();

    /** Who is told what is applied to the store; set once, before {@link #start}. */
    void listener(BatchListener listener);

    /**
     * The others hear of this node.
     *
     * @throws IOException when a port cannot be bound
     */
    void start(Peer self) throws IOException;

    /** Why this node is not part of the cluster yet; empty when it is. */
    Optional<String> trouble();

    /** The others send no new work. */
    void leaving();

    /** Makes all members forget one that failed. */
    ForgetAnswer forget(String name);

    /** Who is told the name of each member that is forgotten for good; set once, before {@link #start}. */
    void onForgotten(Consumer<String> told);

    /**
     * Takes this node out of the cluster for good; blocks for up to half a minute.
     *
     * @return why it could not be taken out; empty when it was
     */
    Optional<String> leave();

    /** Ends; the membership stays unless it was left. */
    void stop();
}
