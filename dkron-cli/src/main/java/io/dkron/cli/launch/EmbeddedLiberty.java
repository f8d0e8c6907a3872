package io.dkron.cli.launch;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * A Liberty server inside this process, by its embeddable SPI. Called by reflection: the SPI's jar comes with the runtime,
 * not from a repository, and these five calls do not warrant a build that unpacks it first.
 */
final class EmbeddedLiberty {
    private static final Class<?>[] START = {Map.class, String[].class};
    private static final Class<?>[] STOP = {String[].class};

    private final Object server;

    /**
     * @param install the runtime
     * @param user the distribution's user directory, with servers/NAME; shared by all nodes of an installation
     * @param output where this node's runtime writes
     * @param name the server's name
     */
    EmbeddedLiberty(Path install, Path user, Path output, String name) {
        Object builder = make("com.ibm.wsspi.kernel.embeddable.ServerBuilder");
        call(builder, "setName", String.class, name);
        call(builder, "setInstallDir", File.class, install.toFile());
        call(builder, "setUserDir", File.class, user.toFile());
        call(builder, "setOutputDir", File.class, output.toFile());
        server = call(builder, "build");
    }

    /**
     * Starts the server with these variables for its configuration, and waits until it is up. That the application is up
     * it does not say.
     *
     * @throws Exception when the kernel does not start, saying why
     */
    void start(Map<String, String> variables) throws Exception {
        expectSuccess("start", (Future<?>) call(server, "start", START, variables, new String[0]));
    }

    /** Stops it, waiting for the application's end. */
    void stop() throws Exception {
        expectSuccess("stop", (Future<?>) call(server, "stop", STOP, (Object) new String[0]));
    }

    private static void expectSuccess(String what, Future<?> future) throws Exception {
        Object result = future.get();
        if (!(Boolean) call(result, "successful")) {
            throw new IllegalStateException(
                    "Liberty did not " + what + ": code " + call(result, "getReturnCode"),
                    (Throwable) call(result, "getException"));
        }
    }

    private static Object make(String type) {
        return unwrapped(() -> Class.forName(type).getConstructor().newInstance());
    }

    private static Object call(Object target, String name) {
        return call(target, name, new Class<?>[0]);
    }

    private static Object call(Object target, String name, Class<?> type, Object argument) {
        return call(target, name, new Class<?>[] {type}, argument);
    }

    private static Object call(Object target, String name, Class<?>[] types, Object... arguments) {
        return unwrapped(() -> find(target, name, types).invoke(target, arguments));
    }

    /** The method where it is public: the SPI's interfaces are, the classes behind them need not be. */
    private static Method find(Object target, String name, Class<?>... types) throws NoSuchMethodException {
        for (Class<?> each : target.getClass().getInterfaces()) {
            try {
                return each.getMethod(name, types);
            } catch (NoSuchMethodException e) {
                // The next interface, or the class, has it.
            }
        }
        return target.getClass().getMethod(name, types);
    }

    private static Object unwrapped(Callable<Object> call) {
        try {
            return call.call();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException("the runtime in wlp does not fit this launcher: " + e, e);
        }
    }
}
