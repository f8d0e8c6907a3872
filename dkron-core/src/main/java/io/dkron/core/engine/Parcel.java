package io.dkron.core.engine;

import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes into one batch: whole steps while they fit, or, of a step that fits into none, as many parts as do. Of a store
 * without limits nothing is measured. For one use.
 */
final class Parcel {
    private static final int OWN_KEYS = 4; // the fence, two buckets of requests, what is left to do
    private static final int OWN_BYTES = 4 << 10; // of these without requests and what is left

    private final Layout layout;
    private final Limits limits;
    private final Map<String, Unit.Write> writes = new LinkedHashMap<>();
    private final List<Effect> held = new ArrayList<>();
    private final List<RequestRecord> requests = new ArrayList<>();
    private final Map<Unit.Write, byte[]> bytes = new IdentityHashMap<>();
    private Optional<byte[]> rest = Optional.empty();
    private boolean empty = true;
    private int weight;

    Parcel(Layout layout, Limits limits) {
        this.layout = layout;
        this.limits = limits;
    }

    boolean isEmpty() {
        return empty;
    }

    /** How many keys are written so far. */
    int size() {
        return writes.size();
    }

    /** About how many bytes are written so far. */
    int weight() {
        return weight;
    }

    /** Takes a whole step if there is room for it. */
    boolean take(List<Unit> step) {
        if (!fits(step, 0)) {
            return false;
        }
        step.forEach(this::add);
        return true;
    }

    /**
     * Takes of a step that does not fit whole the parts that do, the first whatever its size; nothing more fits then.
     *
     * @return how many parts
     */
    int takePart(List<Unit> step) {
        if (step.size() == 1) { // cannot be, parts are made to fit; the store will say what is wrong
            add(step.get(0));
            return 1;
        }
        int taken = 1;
        byte[] left = left(step.get(0));
        while (taken < step.size() - 1) {
            byte[] then = left(step.get(taken));
            if (!fits(step.subList(0, taken + 1), then.length)) {
                break;
            }
            left = then;
            taken++;
        }
        step.subList(0, taken).forEach(this::add);
        rest = Optional.of(left);
        return taken;
    }

    /** Empty where the next leader finds out by itself what is left. */
    private static byte[] left(Unit unit) {
        List<Todo> todos = unit.rest().orElseThrow().get();
        return todos.isEmpty() ? new byte[0] : TodoJson.CODEC.write(todos);
    }

    private void add(Unit unit) {
        empty = false;
        weight += unit.weight();
        merge(unit.writes(), writes);
        held.addAll(unit.held());
        requests.addAll(unit.requests());
    }

    private static void merge(Map<String, Unit.Write> from, Map<String, Unit.Write> to) {
        from.forEach((key, write) -> {
            if (write instanceof Unit.Guard) {
                to.putIfAbsent(key, write);
            } else {
                to.put(key, write);
            }
        });
    }

    private boolean fits(List<Unit> more, int left) {
        if (limits.equals(Limits.NONE)) {
            return true;
        }
        Map<String, Unit.Write> all = new LinkedHashMap<>(writes);
        List<RequestRecord> records = new ArrayList<>(requests);
        more.forEach(unit -> {
            merge(unit.writes(), all);
            records.addAll(unit.requests());
        });
        long asked = Records.REQUESTS.write(records).length;
        long sum = OWN_BYTES + left + asked;
        for (Map.Entry<String, Unit.Write> write : all.entrySet()) {
            sum += write.getKey().getBytes(StandardCharsets.UTF_8).length + bytes(write.getValue()).length;
        }
        return all.size() + OWN_KEYS <= limits.operations() && sum <= limits.bytes() && asked <= limits.value();
    }

    /** The value as it is stored; none for a delete. Written once, however often it is asked for. */
    byte[] bytes(Unit.Write write) {
        return bytes.computeIfAbsent(write, w -> {
            if (w instanceof Unit.PutJob put) {
                return layout.jobs().write(put.job());
            } else if (w instanceof Unit.PutExecution put) {
                return layout.executions().write(put.execution());
            }
            return w instanceof Unit.PutBytes put ? put.bytes() : new byte[0];
        });
    }

    Map<String, Unit.Write> writes() {
        return writes;
    }

    List<Effect> held() {
        return held;
    }

    List<RequestRecord> requests() {
        return requests;
    }

    /** What is left to do of the last step; no value where it is whole, no bytes where nothing need be stored. */
    Optional<byte[]> rest() {
        return rest;
    }
}
