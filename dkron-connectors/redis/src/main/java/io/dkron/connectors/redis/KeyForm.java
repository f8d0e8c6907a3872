package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * Where things stand in the database: the real key of a key is as Dkron 1.x has it, with a slash before it. In a cluster a
 * hash tag stands before that, for a batch has to lie in one slot, and 1.x knew no clusters.
 *
 * @param keyspace all keys that other programs may have written begin with it and a slash
 * @param clustered whether the hash tag is needed
 */
record KeyForm(String keyspace, boolean clustered) {
    /** What stands before each key. */
    String prefix() {
        return clustered ? tag() + "/" : "/";
    }

    byte[] real(String key) {
        return (prefix() + key).getBytes(UTF_8);
    }

    /** Whether later versions of the library of 1.x may have written here, without the slash. */
    boolean plain() {
        return !clustered;
    }

    /** All keys, in their order; not the plain ones: they are read where a real key does not exist. */
    byte[] index() {
        return own("keys");
    }

    /** The version of the last commit. */
    byte[] counter() {
        return own("version");
    }

    /** Exists for a moment, while rights are tried. */
    byte[] probe() {
        return own("probe");
    }

    private byte[] own(String name) {
        return ((clustered ? tag() : "") + "_dkron:" + keyspace + ":" + name).getBytes(UTF_8);
    }

    private String tag() {
        return "{" + keyspace + "}";
    }

    /** The pattern of SCAN that finds everything of the keyspace, and some more. */
    byte[] pattern() {
        StringBuilder pattern = new StringBuilder("*");
        for (char c : keyspace.toCharArray()) {
            if ("*?[]\\^-".indexOf(c) >= 0) {
                pattern.append('\\');
            }
            pattern.append(c);
        }
        return pattern.append("/*").toString().getBytes(UTF_8);
    }

    /** The key that a real or a plain one stands for; empty where it is none of this keyspace. */
    Optional<String> key(byte[] found) {
        String name = new String(found, UTF_8);
        String key = name.startsWith(prefix()) ? name.substring(prefix().length()) : plain() ? name : "";
        return Optional.of(key).filter(k -> k.startsWith(keyspace + "/"));
    }
}
