package io.dkron.connectors.postgres;

import io.dkron.core.store.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.hibernate.StatelessSession;
import org.hibernate.query.SelectionQuery;

/** A list of entries as a range of the primary key's index. */
final class Listing {
    private Listing() {}

    static List<Entry> read(StatelessSession session, String prefix, String after, long most) {
        Optional<String> end = KeyRange.end(prefix);
        boolean afterCounts =
                Arrays.compareUnsigned(after.getBytes(StandardCharsets.UTF_8), prefix.getBytes(StandardCharsets.UTF_8))
                        >= 0;
        String from = afterCounts && !after.isEmpty() ? "e.name > :from" : "e.name >= :from";
        SelectionQuery<StoredEntry> query = session.createSelectionQuery(
                        "from StoredEntry e where " + from + (end.isPresent() ? " and e.name < :end" : "")
                                + " order by e.name",
                        StoredEntry.class)
                .setParameter("from", afterCounts ? after : prefix)
                .setMaxResults(Math.toIntExact(Math.min(most, Integer.MAX_VALUE)));
        end.ifPresent(e -> query.setParameter("end", e));
        return query.getResultList().stream().map(StoredEntry::toEntry).toList();
    }
}
