package io.dkron.connectors.dynamodb;

import java.util.function.Supplier;

/**
 * The SDK looks up services by the thread's context class loader, which is the caller's: while it is called it is the one
 * that loaded it.
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
