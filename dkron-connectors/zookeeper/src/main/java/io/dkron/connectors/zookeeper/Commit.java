package io.dkron.connectors.zookeeper;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * A batch as operations of one {@code multi}, from what is known of its nodes. Pure.
 *
 * <p>The first operation writes the mark of commits, whose answer tells the number of the transaction. Where a key is
 * expected that has a node, or that has none and gets none, the mark must also have the version that it had before that
 * was read: no other commit of ours came between. For ZooKeeper has no check that a node is absent, and the version of a
 * node's data begins anew when it was deleted and made again. Writes of other programs are caught by the versions of the
 * nodes that are written or expected.
 */
final class Commit {
    private static final int ANY = -1;

    private final Batch batch;
    private final Map<String, String> paths = new LinkedHashMap<>();

    Commit(Batch batch) {
        this.batch = batch;
        Set<String> keys = new LinkedHashSet<>(batch.expected().keySet());
        keys.addAll(batch.writes().keySet());
        keys.forEach(key -> paths.put(key, Paths.of(key)));
    }

    /** What has to be read before, a node for each key. */
    List<String> paths() {
        return List.copyOf(paths.values());
    }

    /**
     * The nodes as they must be for the batch to apply, as far as can be told without reading: a value that is put where
     * nothing is expected goes to a new node, unless one is remembered. When that is wrong, the batch does not apply.
     *
     * @param remembered what earlier commits left, empty for unknown
     * @param ours whether nobody but us writes a key, so that what is remembered may stand for what is expected
     * @return empty where reading cannot be spared
     */
    Optional<Map<String, Known>> guess(Function<String, Optional<Known>> remembered, Predicate<String> ours) {
        Map<String, Known> nodes = new HashMap<>();
        for (Map.Entry<String, String> entry : paths.entrySet()) {
            String key = entry.getKey();
            Optional<Known> known = remembered.apply(entry.getValue());
            long expected = batch.expected().getOrDefault(key, (long) ANY);
            boolean put = isPut(key);
            boolean spared = expected == ANY
                    ? put || known.isPresent()
                    : expected == Batch.ABSENT
                            ? put && known.isEmpty()
                            : ours.test(key) && known.isPresent() && known.get().version() == expected;
            if (!spared) {
                return Optional.empty();
            }
            known.ifPresent(node -> nodes.put(entry.getValue(), node));
        }
        return Optional.of(nodes);
    }

    private boolean isPut(String key) {
        return batch.writes().getOrDefault(key, Optional.empty()).isPresent();
    }

    /** @return the first key that has another version than expected, and which */
    Optional<CommitResult.Refused> refusal(Map<String, Known> nodes) {
        for (Map.Entry<String, Long> expected : batch.expected().entrySet()) {
            long actual = nodes.getOrDefault(paths.get(expected.getKey()), Known.MISSING)
                    .version();
            if (actual != expected.getValue()) {
                return Optional.of(new CommitResult.Refused(expected.getKey(), actual));
            }
        }
        return Optional.empty();
    }

    /** Whether the mark has to be what it was before the nodes were read. */
    boolean needsMark(Map<String, Known> nodes) {
        return batch.expected().keySet().stream().anyMatch(key -> nodes.containsKey(paths.get(key)) || !isPut(key));
    }

    /** Nodes above those to be made, from the top. */
    List<String> parents(Map<String, Known> nodes) {
        Set<String> parents = new LinkedHashSet<>();
        paths.forEach((key, path) -> {
            if (isPut(key) && !nodes.containsKey(path)) {
                parents.addAll(Paths.above(path));
            }
        });
        return List.copyOf(parents);
    }

    /**
     * @param mark the path of the mark of commits
     * @param markVersion what it must have, empty for whatever it has
     */
    List<Op> operations(Map<String, Known> nodes, String mark, Optional<Integer> markVersion, List<ACL> acl) {
        List<Op> operations = new ArrayList<>(paths.size() + 1);
        operations.add(Op.setData(mark, StoredForm.NOTHING, markVersion.orElse(ANY)));
        paths.forEach((key, path) -> operation(key, path, nodes.getOrDefault(path, Known.MISSING), acl)
                .ifPresent(operations::add));
        return operations;
    }

    private Optional<Op> operation(String key, String path, Known node, List<ACL> acl) {
        int version = batch.expected().containsKey(key) ? node.dataVersion() : ANY;
        Optional<byte[]> value = batch.writes().getOrDefault(key, Optional.empty());
        if (value.isPresent()) {
            byte[] stored = StoredForm.write(value.get());
            return Optional.of(
                    node.there()
                            ? Op.setData(path, stored, version)
                            : Op.create(path, stored, acl, CreateMode.PERSISTENT));
        }
        if (!node.there()) {
            return Optional.empty();
        }
        if (!batch.writes().containsKey(key)) {
            return Optional.of(Op.check(path, version));
        }
        return Optional.of(
                mustStay(path, node) ? Op.setData(path, StoredForm.NOTHING, version) : Op.delete(path, version));
    }

    /** A node with others below it cannot go: it loses its value. */
    private boolean mustStay(String path, Known node) {
        return node.children() > 0
                || batch.writes().keySet().stream()
                        .anyMatch(key -> isPut(key) && paths.get(key).startsWith(path + "/"));
    }

    /** What is known of the written nodes after it: missing ones were deleted. */
    static Map<String, Known> after(List<Op> operations, List<OpResult> results) {
        Map<String, Known> nodes = new HashMap<>();
        long transaction = mark(results).getMzxid();
        for (int i = 1; i < operations.size(); i++) {
            Op operation = operations.get(i);
            if (operation instanceof Op.Create) {
                nodes.put(operation.getPath(), Known.created(transaction));
            } else if (results.get(i) instanceof OpResult.SetDataResult written) {
                boolean value = written.getStat().getDataLength() > 0;
                nodes.put(operation.getPath(), Known.written(written.getStat(), value));
            } else if (operation instanceof Op.Delete) {
                nodes.put(operation.getPath(), Known.MISSING);
            }
        }
        return nodes;
    }

    static Stat mark(List<OpResult> results) {
        return ((OpResult.SetDataResult) results.get(0)).getStat();
    }
}
