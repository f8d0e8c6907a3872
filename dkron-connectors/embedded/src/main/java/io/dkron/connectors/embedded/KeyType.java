package io.dkron.connectors.embedded;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** Keys: text in UTF-8, ordered by its bytes, which is the order of code points. A checksum follows each page's keys. */
final class KeyType extends BasicDataType<String> {
    static final KeyType INSTANCE = new KeyType();

    /** UTF-16 sorts surrogates before U+E000 to U+FFFF, UTF-8 after. */
    static int compareKeys(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean surrogate = Character.isSurrogate(x);
                return surrogate == Character.isSurrogate(y) ? Character.compare(x, y) : surrogate ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    @Override
    public int compare(String a, String b) {
        return compareKeys(a, b);
    }

    @Override
    public int getMemory(String key) {
        return 56 + key.length();
    }

    @Override
    public boolean isMemoryEstimationAllowed() {
        return false;
    }

    @Override
    public void write(WriteBuffer buff, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        buff.putVarInt(bytes.length).put(bytes);
    }

    @Override
    public String read(ByteBuffer buff) {
        byte[] bytes = new byte[Reading.checked(DataUtils.readVarInt(buff), buff)];
        buff.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void write(WriteBuffer buff, Object storage, int len) {
        int start = buff.position();
        super.write(buff, storage, len);
        PageChecksum.append(buff, start);
    }

    @Override
    public void read(ByteBuffer buff, Object storage, int len) {
        int start = buff.position();
        Reading.guarded(() -> super.read(buff, storage, len));
        Reading.guarded(() -> PageChecksum.check(buff, start));
    }

    @Override
    public String[] createStorage(int size) {
        return new String[size];
    }
}
