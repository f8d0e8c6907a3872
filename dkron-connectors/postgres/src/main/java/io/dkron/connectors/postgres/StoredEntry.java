package io.dkron.connectors.postgres;

import io.dkron.core.store.Entry;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A row of the table. Only read by this form: writes go through the function {@code dkron_commit}. */
@Entity
@Table(name = "dkron_entry")
@org.hibernate.annotations.Immutable
class StoredEntry {
    @Id
    @Column(name = "key")
    private String name = "";

    @Column(name = "version")
    private long number;

    @Column(name = "value")
    private byte[] content = {};

    /** For Hibernate, which fills the fields. */
    protected StoredEntry() {}

    Entry toEntry() {
        return new Entry(name, content, number);
    }
}
