package io.dkron.core.engine;

import java.time.Duration;
import java.util.List;

/** What happens to a cluster: processes die, stop, come back; links break; clocks jump; machines are lost. */
final class Mischief {
    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private boolean stopped;

    Mischief(SimulatedCluster cluster) {
        this.cluster = cluster;
        this.simulation = cluster.simulation;
        cluster.servers.forEach(s -> s.wallOffset = simulation.millis(0, 1_500));
        next();
    }

    /** All is well from now on. */
    void stop() {
        stopped = true;
        cluster.stopAtDispatch = false;
        cluster.network.heal();
        cluster.store.up(true);
        cluster.servers.forEach(s -> s.wallOffset = Duration.ZERO);
        cluster.agents.forEach(a -> {
            a.node.resume();
            back(a.node);
        });
    }

    private void next() {
        simulation.after(simulation.millis(500, 30_000), () -> {
            if (!stopped) {
                one();
                next();
            }
        });
    }

    private void one() {
        switch (simulation.random.nextInt(12)) {
            case 0, 1 -> kill(leaderOrAny());
            case 2 -> pause(leaderOrAny());
            case 3 -> cluster.stopAtDispatch = true;
            case 4 -> {
                if (simulation.oneIn(2)) {
                    kill(anyNode());
                } else {
                    pause(anyNode());
                }
            }
            case 5 -> wipe(anyNode());
            case 6 -> remove();
            case 7, 8, 9 -> partition();
            case 10 -> {
                cluster.store.up(false);
                simulation.after(simulation.millis(100, 60_000), () -> cluster.store.up(true));
            }
            default -> {
                SimulatedServer server = cluster.servers.get(simulation.random.nextInt(cluster.servers.size()));
                server.wallOffset = Duration.ofSeconds(simulation.random.nextInt(-200, 600));
                if (simulation.oneIn(2)) { // set right again
                    simulation.after(
                            simulation.millis(1_000, 100_000), () -> server.wallOffset = simulation.millis(0, 1_500));
                }
            }
        }
    }

    private SimulatedNode anyNode() {
        return cluster.agents.get(simulation.random.nextInt(cluster.agents.size())).node;
    }

    private SimulatedNode leaderOrAny() {
        return cluster.raftLeader == null ? anyNode() : cluster.raftLeader.node;
    }

    private void kill(SimulatedNode node) {
        if (!node.up) {
            return;
        }
        down(node);
        if (simulation.oneIn(2)) {
            cluster.agent(node.name).copy();
        }
        simulation.after(
                simulation.oneIn(3) ? simulation.millis(60_000, 150_000) : simulation.millis(10, 30_000), () -> {
                    back(node);
                });
    }

    private void down(SimulatedNode node) {
        cluster.servers.stream().filter(s -> s.node == node).forEach(SimulatedServer::kill);
        if (node.up) {
            node.kill();
        }
    }

    private void back(SimulatedNode node) {
        if (node.up) {
            return;
        }
        node.removed = false;
        node.up = true;
        cluster.agent(node.name).started();
        cluster.servers.stream().filter(s -> s.node == node).forEach(SimulatedServer::start);
    }

    private void pause(SimulatedNode node) {
        if (node.works()) {
            node.paused = true;
            simulation.after(
                    simulation.oneIn(4) ? simulation.millis(50_000, 120_000) : simulation.millis(100, 40_000),
                    node::resume);
        }
    }

    /** The machine is lost, and another of its name takes its place. */
    private void wipe(SimulatedNode node) {
        if (simulation.oneIn(2)) {
            down(node);
            if (simulation.oneIn(2)) {
                cluster.agent(node.name).restore();
            } else {
                cluster.agent(node.name).wipe();
            }
            simulation.after(simulation.millis(10, 60_000), () -> back(node));
        }
    }

    /** An agent's machine is lost for good, which an operator says; later there is another of its name. */
    private void remove() {
        SimulatedNode node = cluster.agents.get(cluster.agents.size() - 1).node;
        if (!node.up || !simulation.oneIn(2)) {
            return;
        }
        down(node);
        cluster.agent(node.name).wipe();
        node.removed = true;
        simulation.after(simulation.millis(4_000, 90_000), () -> {
            if (node.removed) {
                cluster.servers.stream()
                        .filter(s -> s.leads)
                        .forEach(s ->
                                s.node.later(Duration.ZERO, () -> s.step(new Event.MemberRemoved(s.now(), node.name))));
            }
        });
        simulation.after(simulation.millis(90_000, 200_000), () -> back(node));
    }

    private void partition() {
        List<SimulatedNode> nodes = cluster.agents.stream().map(a -> a.node).toList();
        int way = simulation.random.nextInt(4);
        SimulatedNode one = way == 0 ? leaderOrAny() : anyNode();
        boolean halves = way == 1;
        boolean oneWay = way == 2;
        List<SimulatedNode> part =
                halves ? nodes.stream().filter(n -> simulation.oneIn(2)).toList() : List.of(one);
        for (SimulatedNode a : part) {
            for (SimulatedNode b : nodes) {
                if (!part.contains(b)) {
                    cluster.network.cut(a, b);
                    if (!oneWay) {
                        cluster.network.cut(b, a);
                    }
                }
            }
        }
        simulation.after(
                simulation.oneIn(3) ? simulation.millis(60_000, 120_000) : simulation.millis(100, 30_000),
                cluster.network::heal);
    }
}
