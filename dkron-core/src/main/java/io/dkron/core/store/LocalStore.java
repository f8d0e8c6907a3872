package io.dkron.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;

/**
 * A store on this machine as replication needs it: batches carry the log index they come from, which is kept in the same
 * transaction, so that a replay never applies twice (protocol P8, P9). Batches that are applied by index need not be on the
 * disk when the call returns, since the log that they come from is: {@link #sync} forces them.
 */
public interface LocalStore extends Store {
    /**
     * How an applied batch ended.
     *
     * @param hash of all batches up to this one and of how each ended
     */
    record Settled(CommitResult result, long hash) {
        public Settled {
            Objects.requireNonNull(result, "result");
        }
    }

    /** How far a store or an image of it is. */
    record Position(long index, long hash) {}

    /** The index of the newest applied batch, 0 for none. */
    long applied();

    /** Of all batches up to {@link #applied()}: equal on replicas at the same index, unless one went astray. */
    long hash();

    /** The index and the hash of one moment. */
    Position position();

    /**
     * Applies the batch of that index.
     *
     * @param index {@code applied() + 1}; one already applied is skipped and answers {@link CommitResult.Committed}
     * @throws IllegalArgumentException when indexes between are missing
     */
    default CommitResult apply(long index, Batch batch) {
        return apply(index, List.of(batch)).get(0).result();
    }

    /**
     * Applies the batches of consecutive indexes with one write.
     *
     * @param first the index of the first one, see {@link #apply(long, Batch)}
     * @return one for each; other results than {@link CommitResult.Committed} and {@link CommitResult.Refused} say that the
     *     disk failed
     * @throws IllegalArgumentException when indexes between are missing
     */
    List<Settled> apply(long first, List<Batch> batches);

    /**
     * Forces all that was applied to the disk.
     *
     * @throws StoreException when that cannot be done; the store is then closed until a restart
     */
    void sync();

    /** Bytes on the disk. */
    long size();

    /**
     * Writes all entries as they are at one moment; commits go on meanwhile.
     *
     * @return the moment
     * @throws StoreException when the store cannot be read
     */
    Position writeImage(OutputStream out) throws IOException;

    /**
     * Takes in an image of another replica, to a file beside, verified and forced. What is here stays as it is.
     *
     * @throws IOException when the image is damaged or cut, or cannot be stored
     */
    Replacement receive(InputStream image) throws IOException;

    /** A received image. */
    interface Replacement {
        /** How far the store will be. */
        Position position();

        /**
         * Puts it in the place of all that is here, at once; quick. Nothing may be applied meanwhile.
         *
         * @throws IOException when that cannot be done; the store then fails until a restart
         */
        void putInPlace() throws IOException;
    }
}
