package io.dkron.connectors.dynamodb;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of the table of keys. Keys are laid out as files in folders: the folder is the part of the key up to its last slash,
 * and each folder stands, by its name with a slash at its end, in the folder that holds it. DynamoDB keeps the rows of one
 * folder ordered by the UTF-8 bytes of their names; since a name of a folder ends with the slash, walking folders in the
 * order of their rows meets all keys in the order of theirs.
 *
 * @param folder a slash, and the part of the key; hash key, which must not be empty
 * @param name a dot, and the rest; range key, which must not be empty
 */
record Place(String folder, String name) {
    /** Bytes that DynamoDB takes in a hash key, and what it takes in a range key, less our marks and some room. */
    private static final int LONGEST_KEY = 2_000;

    private static final int LONGEST_NAME = 1_000;

    /** Where a key stands. */
    static Place of(String key) {
        int end = key.lastIndexOf('/') + 1;
        return new Place(folderOf(key.substring(0, end)), nameOf(key.substring(end)));
    }

    /** The rows of all folders that lead to a key, from the outermost. */
    static List<Place> foldersOf(String key) {
        List<Place> all = new ArrayList<>();
        int start = 0;
        for (int slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', start)) {
            all.add(new Place(folderOf(key.substring(0, start)), nameOf(key.substring(start, slash + 1))));
            start = slash + 1;
        }
        return all;
    }

    /** @param path empty, or ending with a slash */
    static String folderOf(String path) {
        return "/" + path;
    }

    static String nameOf(String part) {
        return "." + part;
    }

    /** The part of keys that a name stands for. */
    static String partOf(String name) {
        return name.substring(1);
    }

    /** @throws IllegalArgumentException when it is no key, or too long for DynamoDB */
    static String checked(String key) {
        boolean text = !key.isEmpty()
                && key.indexOf('\0') < 0
                && StandardCharsets.UTF_8.newEncoder().canEncode(key);
        if (!text) {
            throw new IllegalArgumentException("a key is non-empty text without NUL, not \"" + key + "\"");
        }
        boolean fits = bytes(key) <= LONGEST_KEY;
        for (String part : key.split("/", -1)) {
            fits &= bytes(part) <= LONGEST_NAME;
        }
        if (!fits) {
            throw new IllegalArgumentException("a key has at most " + LONGEST_KEY + " bytes in DynamoDB, and "
                    + LONGEST_NAME + " between two slashes: " + key.substring(0, 100) + "...");
        }
        return key;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
