package io.dkron.agent.gossip;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jgroups.Address;
import org.jgroups.stack.Protocol;

/**
 * The cluster's key, or none. Keys of single purposes are derived from it, so one secret guards every port and no purpose
 * learns another's key. Never printed. Immutable.
 */
public final class Encryption {
    private static final byte[] SALT = "dkron cluster key 1".getBytes(StandardCharsets.US_ASCII);

    private final Optional<byte[]> key;

    private Encryption(Optional<byte[]> key) {
        this.key = key;
    }

    /** No key: traffic is clear. */
    public static Encryption none() {
        return new Encryption(Optional.empty());
    }

    /**
     * Encryption with a key.
     *
     * @param base64 16, 24 or 32 bytes; empty for none
     * @throws IllegalArgumentException for anything else
     */
    public static Encryption of(String base64) {
        if (base64.isBlank()) {
            return none();
        }
        byte[] bytes = Base64.getDecoder().decode(base64.trim());
        if (bytes.length != 16 && bytes.length != 24 && bytes.length != 32) {
            throw new IllegalArgumentException("a key has 16, 24 or 32 bytes, not " + bytes.length);
        }
        return new Encryption(Optional.of(bytes));
    }

    public boolean enabled() {
        return key.isPresent();
    }

    /**
     * A key for one purpose, of the length of the cluster's key; empty without one. The same on all nodes with that key.
     *
     * @param purpose a label such as {@code rpc}
     */
    public Optional<byte[]> derive(String purpose) {
        return key.map(secret -> derive(secret, purpose.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * A protocol for a JGroups stack, directly above the transport, that encrypts and authenticates each message (AES-GCM).
     * Without a key it passes clear messages and refuses encrypted ones, so that both sides log why they do not meet.
     *
     * @param purpose label of the channel; channels of different purposes do not understand each other
     */
    public Protocol protocol(String purpose) {
        return protocol(purpose, (address, reason) -> {});
    }

    Protocol protocol(String purpose, BiConsumer<Address, String> refused) {
        return new SecuredProtocol(purpose, derive(purpose), refused);
    }

    /** Extract and expand of RFC 5869 for one block. */
    static byte[] derive(byte[] secret, byte[]... info) {
        byte[] extracted = hmac(SALT, secret);
        byte[] expanded = hmac(extracted, concat(info, new byte[] {1}));
        return Arrays.copyOf(expanded, secret.length);
    }

    private static byte[] concat(byte[][] parts, byte[] last) {
        int length = last.length;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        System.arraycopy(last, 0, all, at, last.length);
        return all;
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return enabled() ? "encrypted" : "clear";
    }
}
