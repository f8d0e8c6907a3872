package io.dkron.core.engine;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Joins what goes to one member into one call. */
final class Calls {
    private Calls() {}

    /**
     * One call for each member: orders, then all else, then acknowledgements, in place of the first of each.
     *
     * @param deadline of the orders
     */
    static List<Effect> merged(List<Effect> held, Fence fence, Instant deadline) {
        Map<String, List<RunOrder>> orders = new LinkedHashMap<>();
        Map<String, List<RunKey>> acks = new LinkedHashMap<>();
        List<Effect> rest = new ArrayList<>();
        for (Effect effect : held) {
            if (effect instanceof Effect.Dispatch d) {
                d.orders()
                        .forEach(o -> orders.computeIfAbsent(d.node(), n -> new ArrayList<>())
                                .add(o.until(deadline)));
            } else if (effect instanceof Effect.Acknowledge a) {
                acks.computeIfAbsent(a.node(), n -> new ArrayList<>()).addAll(a.keys());
            } else {
                rest.add(effect);
            }
        }
        List<Effect> effects = new ArrayList<>();
        orders.forEach((node, list) -> effects.add(new Effect.Dispatch(fence, node, list)));
        effects.addAll(rest);
        acks.forEach((node, keys) -> effects.add(new Effect.Acknowledge(node, keys)));
        return effects;
    }
}
