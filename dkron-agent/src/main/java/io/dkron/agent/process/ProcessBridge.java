package io.dkron.agent.process;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What the application tells the launcher of its process, and the other way round. The two are loaded by different class
 * loaders, so nothing but JDK types passes, through the system properties of the process. Without a launcher (on a stock
 * Open Liberty) every call to it does nothing. Safe from any thread.
 */
public final class ProcessBridge {
    private static final String LAUNCHED = "dkron.launched";
    private static final String READY = "dkron.bridge.ready";
    private static final String FAILED = "dkron.bridge.failed";
    private static final String STOP = "dkron.bridge.stop";
    private static final String RELOAD = "dkron.bridge.reload";
    private static final String EXIT = "dkron.bridge.exit";

    private ProcessBridge() {}

    /**
     * Whether a launcher started this process. It has then put every setting into the system properties already, so the
     * application must read neither a file nor decide about precedence.
     */
    public static boolean isLaunched() {
        return Boolean.getBoolean(LAUNCHED);
    }

    /** Application: the node answers requests. The launcher prints its line. */
    public static void ready() {
        find(READY, Runnable.class).ifPresent(Runnable::run);
    }

    /** Application: the node cannot start, with the reason for people. The launcher prints it and ends with exit code 1. */
    @SuppressWarnings("unchecked")
    public static void failed(String reason) {
        find(FAILED, Consumer.class).ifPresent(failed -> failed.accept(reason));
    }

    /**
     * Application: how to stop the node in order. The launcher calls it once, before it stops Liberty, and waits for it
     * however long it takes: the settings bound it.
     *
     * @param stop answers how many executions had to be ended by force; any makes the exit code 1
     */
    public static void onStop(Callable<Integer> stop) {
        shared().put(STOP, stop);
    }

    /**
     * Application: how to take over settings that were read again and are correct. The launcher has compared them with the
     * old ones already, said what needs a restart, and set the level of the log.
     *
     * @param reload is given what was set, by {@code dkron.NAME}, in the form that {@code Settings.from} reads; must not
     *     block for long
     */
    public static void onReload(Consumer<Map<String, String>> reload) {
        shared().put(RELOAD, reload);
    }

    /**
     * Application: the process shall end, for example after a leave; the node has been stopped in order before. Returns at
     * once. On a stock Open Liberty nothing happens.
     */
    public static void exit(int code) {
        find(EXIT, IntConsumer.class).ifPresent(exit -> exit.accept(code));
    }

    /** Launcher: who is told. To be called before the application is started. */
    public static void launched(Runnable ready, Consumer<String> failed, IntConsumer exit) {
        System.setProperty(LAUNCHED, "true");
        shared().put(READY, ready);
        shared().put(FAILED, failed);
        shared().put(EXIT, exit);
    }

    /**
     * Launcher: stops the node in order.
     *
     * @return how many executions had to be ended by force; 0 when the application never came up
     * @throws Exception what the application's stop threw
     */
    public static int stop() throws Exception {
        Callable<?> stop = (Callable<?>) shared().remove(STOP);
        return stop == null ? 0 : (Integer) stop.call();
    }

    /** Launcher: hands over settings that were read again. Nothing happens where the application is not up. */
    @SuppressWarnings("unchecked")
    public static void reload(Map<String, String> properties) {
        find(RELOAD, Consumer.class).ifPresent(reload -> reload.accept(properties));
    }

    private static <T> Optional<T> find(String name, Class<T> type) {
        return Optional.ofNullable(shared().get(name)).map(type::cast);
    }

    private static Properties shared() {
        return System.getProperties();
    }
}
