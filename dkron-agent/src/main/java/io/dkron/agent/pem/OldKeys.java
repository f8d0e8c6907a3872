package io.dkron.agent.pem;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Turns keys as OpenSSL wrote them before version 3, PKCS #1 for RSA and SEC 1 for curves, into PKCS #8, which is all that
 * the JDK reads. Stateless.
 *
 * @see "RFC 5208, section 5; RFC 8017, appendix A.1.2; RFC 5915, section 3"
 */
final class OldKeys {
    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final int OBJECT = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int PARAMETERS = 0xa0;

    private static final byte[] VERSION = {INTEGER, 1, 0};
    private static final byte[] RSA = {
        OBJECT, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 0x05, 0
    };
    private static final byte[] CURVE = {OBJECT, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private OldKeys() {}

    static byte[] rsa(byte[] key) {
        return pkcs8(RSA, key);
    }

    /** @throws IOException if it does not name its curve */
    static byte[] curve(byte[] key) throws IOException {
        try {
            int at = enter(key, 0, SEQUENCE);
            at = skip(key, at, INTEGER);
            at = skip(key, at, OCTETS);
            int name = enter(key, at, PARAMETERS);
            int end = skip(key, name, OBJECT);
            ByteArrayOutputStream algorithm = new ByteArrayOutputStream();
            algorithm.writeBytes(CURVE);
            algorithm.write(key, name, end - name);
            return pkcs8(algorithm.toByteArray(), key);
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new IOException("ends too early", e);
        }
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(VERSION);
        whole.writeBytes(element(SEQUENCE, algorithm));
        whole.writeBytes(element(OCTETS, key));
        return element(SEQUENCE, whole.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82); // a key has no 64 KiB
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static int skip(byte[] der, int at, int tag) throws IOException {
        int content = enter(der, at, tag);
        return content + length(der, at);
    }

    /** Where the content of the element at {@code at} begins. */
    private static int enter(byte[] der, int at, int tag) throws IOException {
        if ((der[at] & 0xff) != tag) {
            throw new IOException("has none of the parts that are expected");
        }
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first - 0x80);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < first - 0x80; i++) {
            length = length << 8 | der[at + 2 + i] & 0xff;
        }
        return length;
    }
}
