package io.dkron.core.json;

/** For whom JSON is written or read. */
public enum Profile {
    /** The API as Dkron 4.x speaks it, and the fields that are ours. */
    V4,
    /** The API as Dkron 1.x speaks it. */
    V1,
    /** The store: Dkron 1.x opens it, and what it does not know is kept beside. */
    STORE
}
