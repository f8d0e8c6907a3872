package io.dkron.connectors.postgres;

import java.util.function.Supplier;

/**
 * Hibernate, Flyway and the driver look up services by the thread's context class loader, which is the caller's: while they
 * are called it is the one that loaded them.
 */
final class OwnLoader {
    private OwnLoader() {}

    static <T> T call(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(OwnLoader.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
