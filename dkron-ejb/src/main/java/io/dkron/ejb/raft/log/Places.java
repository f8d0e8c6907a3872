package io.dkron.ejb.raft.log;

import java.util.ArrayList;
import java.util.List;

/** Where each entry stands: the frames in order of their indexes. */
final class Places {
    /** A frame's entries {@code first} to {@code last}, as far as they count. */
    record Place(Segment segment, long offset, long first, long last) {}

    private final List<Place> places = new ArrayList<>();

    void add(Segment segment, long offset, long first, long last) {
        places.add(new Place(segment, offset, first, last));
    }

    /** The frame that holds that entry, which the log has. */
    Place of(long index) {
        int low = 0;
        int high = places.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (places.get(middle).first() <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return places.get(low);
    }

    void cutFrom(long index) {
        while (!places.isEmpty() && newest().last() >= index) {
            Place cut = places.remove(places.size() - 1);
            if (cut.first() < index) {
                places.add(new Place(cut.segment(), cut.offset(), cut.first(), index - 1));
            }
        }
    }

    void dropBefore(long index) {
        int gone = 0;
        while (gone < places.size() && places.get(gone).last() < index) {
            gone++;
        }
        places.subList(0, gone).clear();
    }

    void clear() {
        places.clear();
    }

    private Place newest() {
        return places.get(places.size() - 1);
    }
}
