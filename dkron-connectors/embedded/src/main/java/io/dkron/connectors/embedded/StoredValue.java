package io.dkron.connectors.embedded;

/** What stands under a key: the index of the batch that put it, and its bytes, which nobody changes. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredValue(long version, byte[] bytes) {}
