package io.dkron.connectors.embedded;

import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** Values: version, length, bytes. A checksum follows each page's values. */
final class ValueType extends BasicDataType<StoredValue> {
    static final ValueType INSTANCE = new ValueType();

    @Override
    public int getMemory(StoredValue value) {
        return 64 + value.bytes().length;
    }

    @Override
    public boolean isMemoryEstimationAllowed() {
        return false;
    }

    @Override
    public void write(WriteBuffer buff, StoredValue value) {
        buff.putVarLong(value.version()).putVarInt(value.bytes().length).put(value.bytes());
    }

    @Override
    public StoredValue read(ByteBuffer buff) {
        long version = DataUtils.readVarLong(buff);
        byte[] bytes = new byte[Reading.checked(DataUtils.readVarInt(buff), buff)];
        buff.get(bytes);
        return new StoredValue(version, bytes);
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
    public StoredValue[] createStorage(int size) {
        return new StoredValue[size];
    }
}
