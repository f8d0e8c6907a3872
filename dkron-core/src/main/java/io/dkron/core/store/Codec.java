package io.dkron.core.store;

/** Writes values of one type as bytes and reads them back. Pure, safe for use by many threads. */
public interface Codec<T> {
    byte[] write(T value);

    /** @throws StoreException when the bytes are not such a value; says what is wrong with them */
    T read(byte[] bytes);
}
