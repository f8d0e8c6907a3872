package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.Entry;
import io.dkron.core.store.Page;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * One page of a list: walks the tree in the order of whole keys. That is not the order of the tree, since {@code a b} and
 * {@code a-b} come before {@code a/b}; so what is known waits in one queue, nodes under their key and trees under the start
 * of all keys in them, and the first of the queue is next. Not thread-safe.
 */
final class Listing {
    /** Where nodes come from. */
    interface Source {
        /** The parts of keys that the nodes below a tree stand for. */
        List<String> segments(String tree) throws CallFailed;

        /** Empty for a node that is gone. */
        List<Optional<Node>> nodes(List<String> keys) throws CallFailed;
    }

    private static final int TOGETHER = 64;
    private static final int PAGE_BYTES = 8 << 20;

    /** A key, or with a slash at the end a tree; a tree comes before the key of the same text, which lies in it. */
    private record Item(byte[] order, String text, boolean tree, Optional<Node> node) implements Comparable<Item> {
        static Item tree(String start) {
            return new Item(start.getBytes(UTF_8), start, true, Optional.empty());
        }

        static Item key(String key) {
            return new Item(key.getBytes(UTF_8), key, false, Optional.empty());
        }

        Item read(Node found) {
            return new Item(order, text, false, Optional.of(found));
        }

        @Override
        public int compareTo(Item other) {
            int byBytes = Arrays.compareUnsigned(order, other.order);
            return byBytes != 0 ? byBytes : Boolean.compare(other.tree, tree);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Item item && compareTo(item) == 0;
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    private final Source source;
    private final String prefix;
    private final String after;
    private final byte[] afterBytes;
    private final PriorityQueue<Item> queue = new PriorityQueue<>();
    private final List<Entry> entries = new ArrayList<>();
    private long bytes;

    Listing(Source source, String prefix, String after) {
        this.source = source;
        this.prefix = prefix;
        this.after = after;
        this.afterBytes = after.getBytes(UTF_8);
    }

    /** Ends before the limit where the values are large. */
    Page page(int limit) throws CallFailed {
        queue.add(Item.tree(prefix.substring(0, prefix.lastIndexOf('/') + 1)));
        while (!queue.isEmpty()) {
            Item next = queue.remove();
            if (next.tree()) {
                open(next);
            } else if (next.node().isEmpty()) {
                read(next, limit - entries.size() + 1);
            } else if (!take(next, next.node().get(), limit)) {
                return new Page(entries, true);
            }
        }
        return new Page(entries, false);
    }

    private void open(Item tree) throws CallFailed {
        for (String segment : source.segments(tree.text())) {
            Item item = Item.key(tree.text() + segment);
            if (isWanted(item) || isWanted(Item.tree(item.text() + "/"))) {
                queue.add(item);
            }
        }
    }

    /** Reads this node together with those that come next. */
    private void read(Item first, int wanted) throws CallFailed {
        List<Item> items = new ArrayList<>(List.of(first));
        while (items.size() < Math.min(TOGETHER, wanted)
                && !queue.isEmpty()
                && !queue.peek().tree()
                && queue.peek().node().isEmpty()) {
            items.add(queue.remove());
        }
        List<Optional<Node>> found = source.nodes(items.stream().map(Item::text).toList());
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            found.get(i).ifPresent(node -> queue.add(item.read(node)));
        }
    }

    /** @return false where the page is full before this one */
    private boolean take(Item item, Node node, int limit) {
        if (node.stat().getNumChildren() > 0) {
            Item tree = Item.tree(item.text() + "/");
            if (isWanted(tree)) {
                queue.add(tree);
            }
        }
        Optional<byte[]> value = node.value();
        if (value.isEmpty() || !isWanted(item)) {
            return true;
        }
        bytes += value.get().length;
        if (entries.size() == limit || !entries.isEmpty() && bytes > PAGE_BYTES) {
            return false;
        }
        entries.add(new Entry(item.text(), value.get(), node.version()));
        return true;
    }

    private boolean isWanted(Item item) {
        boolean inPrefix = item.text().startsWith(prefix) || item.tree() && prefix.startsWith(item.text());
        boolean comesAfter =
                Arrays.compareUnsigned(item.order(), afterBytes) > 0 || item.tree() && after.startsWith(item.text());
        return inPrefix && (comesAfter || after.isEmpty());
    }
}
