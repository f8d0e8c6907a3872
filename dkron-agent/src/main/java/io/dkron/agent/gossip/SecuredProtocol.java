package io.dkron.agent.gossip;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.stack.Protocol;
import org.jgroups.util.ByteArray;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.Util;

/**
 * Encrypts and authenticates every message of a channel, or, without a key, refuses those that are encrypted. Stands
 * directly above the transport.
 *
 * <p>Each process derives a key of its own from the cluster's key, the purpose and 16 random bytes, and counts its messages:
 * a nonce never repeats, however long the cluster lives. A count that was seen before is dropped, so recorded traffic cannot
 * be played again to the same process. Sender and target are inside the sealed part.
 */
public final class SecuredProtocol extends Protocol {
    private static final Logger LOG = System.getLogger(SecuredProtocol.class.getName());
    private static final short PROTOCOL_ID = 3101;
    private static final int SALT_BYTES = 16;
    private static final int PREFIX = SALT_BYTES + Long.BYTES;
    private static final int TAG_BITS = 128;
    private static final int SENDERS = 4096;
    private static final SecureRandom RANDOM = new SecureRandom();

    static {
        ClassConfigurator.addProtocol(PROTOCOL_ID, SecuredProtocol.class);
        ClassConfigurator.add(SecuredHeader.MAGIC, SecuredHeader.class);
    }

    private final Optional<byte[]> secret;
    private final byte[] purpose;
    private final BiConsumer<Address, String> refused;
    private final byte[] salt = new byte[SALT_BYTES];
    private final Optional<SecretKeySpec> own;
    private final AtomicLong counter = new AtomicLong();
    private final OncePerMinute quiet = new OncePerMinute();
    private final Map<ByteBuffer, Sender> senders = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Sender> eldest) {
            return size() > SENDERS;
        }
    });

    SecuredProtocol(String purpose, Optional<byte[]> secret, BiConsumer<Address, String> refused) {
        this.secret = secret;
        this.purpose = purpose.getBytes(StandardCharsets.UTF_8);
        this.refused = refused;
        this.id = PROTOCOL_ID;
        RANDOM.nextBytes(salt);
        this.own = secret.map(key -> keyOf(key, salt));
    }

    private static SecretKeySpec keyOf(byte[] secret, byte[] salt) {
        return new SecretKeySpec(Encryption.derive(secret, salt), "AES");
    }

    @Override
    public Object down(Message message) {
        if (own.isEmpty() || message.getHeader(id) != null) {
            return down_prot.down(message);
        }
        try {
            return down_prot.down(seal(message, own.get()));
        } catch (Exception e) {
            throw new IllegalStateException("could not encrypt a message to " + message.getDest(), e);
        }
    }

    private Message seal(Message message, SecretKeySpec key) throws Exception {
        if (message.getSrc() == null) {
            message.setSrc(local_addr);
        }
        ByteArray clear = Util.messageToBuffer(message);
        byte[] sealed = new byte[PREFIX + clear.getLength() + TAG_BITS / 8];
        ByteBuffer out = ByteBuffer.wrap(sealed).put(salt).putLong(counter.incrementAndGet());
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, sealed);
        cipher.doFinal(clear.getArray(), clear.getOffset(), clear.getLength(), sealed, out.position());
        return new BytesMessage(message.getDest(), sealed)
                .setSrc(message.getSrc())
                .setFlag(message.getFlags(false), false)
                .putHeader(id, new SecuredHeader(SecuredHeader.SEALED));
    }

    private Cipher cipher(int mode, SecretKeySpec key, byte[] prefix) throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        System.arraycopy(prefix, SALT_BYTES, nonce, 4, Long.BYTES);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(purpose);
        cipher.updateAAD(prefix, 0, PREFIX);
        return cipher;
    }

    @Override
    public Object up(Message message) {
        return open(message).map(up_prot::up).orElse(null);
    }

    @Override
    public void up(MessageBatch batch) {
        List<Message> opened = new ArrayList<>();
        for (Message message : batch) {
            open(message).ifPresent(opened::add);
        }
        if (!opened.isEmpty()) {
            MessageBatch clear = new MessageBatch(
                    batch.getDest(), batch.getSender(), batch.getClusterName(), batch.multicast(), opened);
            clear.setMode(batch.getMode());
            up_prot.up(clear);
        }
    }

    private Optional<Message> open(Message message) {
        SecuredHeader header = message.getHeader(id);
        if (header == null) {
            return secret.isEmpty() ? Optional.of(message) : refuse(message, SecuredHeader.NEEDS_KEY);
        }
        if (header.kind() != SecuredHeader.SEALED) {
            noticed(message.getSrc(), header.kind());
            return Optional.empty();
        }
        if (secret.isEmpty()) {
            return refuse(message, SecuredHeader.NO_KEY);
        }
        try {
            return unseal(message);
        } catch (GeneralSecurityException e) {
            return refuse(message, SecuredHeader.WRONG_KEY);
        } catch (Exception e) {
            LOG.log(Level.WARNING, "unreadable message dropped from=" + message.getSrc(), e);
            return Optional.empty();
        }
    }

    private Optional<Message> unseal(Message message) throws Exception {
        if (message.getLength() < PREFIX + TAG_BITS / 8) {
            throw new GeneralSecurityException("too short");
        }
        byte[] sealed = new byte[message.getLength()];
        System.arraycopy(message.getArray(), message.getOffset(), sealed, 0, sealed.length);
        ByteBuffer name = ByteBuffer.wrap(sealed, 0, SALT_BYTES).slice();
        Sender known = senders.get(name);
        Sender sender = known == null ? new Sender(keyOf(secret.orElseThrow(), saltOf(sealed))) : known;
        byte[] clear = cipher(Cipher.DECRYPT_MODE, sender.key, sealed).doFinal(sealed, PREFIX, sealed.length - PREFIX);
        Sender kept = known != null ? known : keep(saltOf(sealed), sender);
        if (!kept.first(ByteBuffer.wrap(sealed).getLong(SALT_BYTES))) {
            return Optional.empty();
        }
        Message opened = Util.messageFromBuffer(clear, 0, clear.length);
        return Objects.equals(opened.getDest(), message.getDest()) ? Optional.of(opened) : Optional.empty();
    }

    private Sender keep(byte[] name, Sender sender) {
        Sender before = senders.putIfAbsent(ByteBuffer.wrap(name), sender);
        return before == null ? sender : before;
    }

    private static byte[] saltOf(byte[] sealed) {
        return java.util.Arrays.copyOf(sealed, SALT_BYTES);
    }

    private Optional<Message> refuse(Message message, byte kind) {
        Address source = message.getSrc();
        if (source != null && quiet.first("refuse " + source + kind)) {
            LOG.log(Level.WARNING, "node refused from=" + source + " reason=\"" + hereText(kind) + "\"");
            down_prot.down(new BytesMessage(source, new byte[0]).putHeader(id, new SecuredHeader(kind)));
        }
        return Optional.empty();
    }

    private static String hereText(byte kind) {
        return switch (kind) {
            case SecuredHeader.NEEDS_KEY -> "it does not encrypt, this node has --encrypt set";
            case SecuredHeader.NO_KEY -> "it encrypts, this node has no --encrypt";
            default -> "its --encrypt key differs from this node's";
        };
    }

    private void noticed(Address from, byte kind) {
        String reason = switch (kind) {
            case SecuredHeader.NEEDS_KEY -> "it has --encrypt set, this node does not";
            case SecuredHeader.NO_KEY -> "it has no --encrypt, this node does";
            default -> "its --encrypt key differs from this node's";
        };
        if (quiet.first("noticed " + from + kind)) {
            LOG.log(Level.WARNING, "this node was refused by=" + from + " reason=\"" + reason + "\"");
        }
        refused.accept(from, reason);
    }

    /** A process that sends: its key, and which of its newest counts were seen. */
    private static final class Sender {
        private static final int WINDOW = 4096;

        private final SecretKeySpec key;
        private final java.util.BitSet seen = new java.util.BitSet(WINDOW);
        private long highest;

        Sender(SecretKeySpec key) {
            this.key = key;
        }

        synchronized boolean first(long count) {
            if (count <= highest - WINDOW) {
                return false;
            }
            if (count > highest) {
                clearBetween(highest + 1, Math.min(count, highest + WINDOW));
                highest = count;
            }
            int bit = (int) (count % WINDOW);
            boolean isFirst = !seen.get(bit);
            seen.set(bit);
            return isFirst;
        }

        private void clearBetween(long from, long to) {
            for (long count = from; count <= to; count++) {
                seen.clear((int) (count % WINDOW));
            }
        }
    }
}
