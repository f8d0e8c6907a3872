package io.dkron.connectors.postgres;

import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.boot.registry.classloading.internal.TcclLookupPrecedence;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.jdbc.connections.internal.UserSuppliedConnectionProviderImpl;

/**
 * Hibernate's sessions. Connections are given to each, so that this module knows what was sent on which; and so the factory
 * is of no database, holds nothing open, and one serves all stores: to build it takes a second.
 */
final class Sessions {
    private static final class Holder {
        static final SessionFactory FACTORY = build();
    }

    private Sessions() {}

    static SessionFactory factory() {
        return Holder.FACTORY;
    }

    private static SessionFactory build() {
        BootstrapServiceRegistryBuilder classes =
                new BootstrapServiceRegistryBuilder().applyClassLoader(Sessions.class.getClassLoader());
        classes.applyTcclLookupPrecedence(TcclLookupPrecedence.NEVER);
        StandardServiceRegistry registry = new StandardServiceRegistryBuilder(classes.build())
                .applySetting(AvailableSettings.JAKARTA_HBM2DDL_DB_NAME, "PostgreSQL")
                .applySetting(AvailableSettings.JAKARTA_HBM2DDL_DB_MAJOR_VERSION, ServerCheck.OLDEST_MAJOR)
                .applySetting(AvailableSettings.JAKARTA_HBM2DDL_DB_MINOR_VERSION, 0)
                .applySetting("hibernate.boot.allow_jdbc_metadata_access", false)
                .applySetting(AvailableSettings.CONNECTION_PROVIDER, UserSuppliedConnectionProviderImpl.class.getName())
                .applySetting("hibernate.xml_mapping_enabled", false)
                .build();
        try {
            return new MetadataSources(registry)
                    .addAnnotatedClass(StoredEntry.class)
                    .buildMetadata()
                    .buildSessionFactory();
        } catch (RuntimeException e) {
            StandardServiceRegistryBuilder.destroy(registry);
            throw e;
        }
    }
}
