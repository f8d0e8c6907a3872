package io.dkron.connectors.dynamodb;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Walks the keys that start with a prefix, in order, from after a bound: through folders as {@link Place} lays them out,
 * asking for no more names than are wanted. For one thread.
 */
final class KeyWalk {
    private static final int MOST_NAMES = 1_000;

    private final KeyTable table;
    private final Deadline deadline;
    private final Deque<Folder> folders = new ArrayDeque<>();

    KeyWalk(KeyTable table, String prefix, String after, Deadline deadline) {
        this.table = table;
        this.deadline = deadline;
        String path = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        String start = prefix.substring(path.length());
        boolean bounded = !after.isEmpty() && compare(after, prefix) >= 0;
        if (!bounded) {
            folders.push(new Folder(path, start, Optional.empty()));
        } else if (after.startsWith(prefix)) {
            folders.push(new Folder(path, start, Optional.of(after.substring(path.length()))));
        } // else the bound lies behind all of them
    }

    /** The next keys, at most so many; fewer only at the end. */
    List<String> next(int most) {
        List<String> keys = new ArrayList<>();
        while (keys.size() < most && !folders.isEmpty()) {
            Folder folder = folders.peek();
            Optional<String> name = folder.next(most - keys.size());
            if (name.isEmpty()) {
                folders.pop();
                continue;
            }
            String part = Place.partOf(name.get());
            if (part.endsWith("/")) {
                folders.push(new Folder(folder.path + part, "", folder.boundWithin(part)));
            } else {
                keys.add(folder.path + part);
            }
        }
        return keys;
    }

    private static int compare(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    /** One folder on the way. */
    private final class Folder {
        private final String path;
        private final String start;
        private final Optional<String> bound;
        private final Deque<String> names = new ArrayDeque<>();
        private String low;
        private boolean inclusive;
        private boolean ended;

        /**
         * @param start of the names that are wanted
         * @param bound the rest of the key after which the walk begins, where that lies in this folder
         */
        Folder(String path, String start, Optional<String> bound) {
            this.path = path;
            this.start = start;
            this.bound = bound;
            String first = bound.map(Folder::firstPart).orElse(start);
            low = Place.nameOf(first);
            inclusive = bound.isEmpty() || first.endsWith("/");
        }

        private static String firstPart(String rest) {
            int slash = rest.indexOf('/');
            return slash < 0 ? rest : rest.substring(0, slash + 1);
        }

        /** The bound in a folder of this folder; only the first one on the way has one. */
        Optional<String> boundWithin(String part) {
            return bound.filter(rest -> firstPart(rest).equals(part)).map(rest -> rest.substring(part.length()));
        }

        Optional<String> next(int wanted) {
            while (names.isEmpty() && !ended) {
                KeyTable.Names page =
                        table.names(Place.folderOf(path), low, inclusive, Math.min(wanted, MOST_NAMES), deadline);
                names.addAll(page.names());
                ended = !page.more();
                if (!page.names().isEmpty()) {
                    low = page.names().get(page.names().size() - 1);
                    inclusive = false;
                }
            }
            String name = names.poll();
            if (name == null || !name.startsWith(Place.nameOf(start))) { // names are ordered: none follow
                names.clear();
                ended = true;
                return Optional.empty();
            }
            return Optional.of(name);
        }
    }
}
