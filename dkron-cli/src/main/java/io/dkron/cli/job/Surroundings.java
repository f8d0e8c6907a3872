package io.dkron.cli.job;

import io.dkron.cli.client.ApiClient;
import io.dkron.cli.print.Terminal;
import java.io.InputStream;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a command finds around it.
 *
 * @param environment variables
 * @param in standard input
 * @param streams tells what the standard streams are, when somebody wants to know: some JDKs load much to find out
 * @param clock what is now, and the zone of local times
 * @param pause how to wait
 */
public record Surroundings(
        Map<String, String> environment,
        InputStream in,
        Supplier<Terminal> streams,
        Clock clock,
        ApiClient.Pause pause) {
    /** Found out once. */
    private static final class OfThisProcess {
        static final Terminal TERMINAL = Terminal.here(System.getenv());
    }

    /** Those of this process. */
    public static Surroundings here() {
        return new Surroundings(
                System.getenv(),
                System.in,
                () -> OfThisProcess.TERMINAL,
                Clock.systemDefaultZone(),
                ApiClient.Pause::really);
    }

    public Terminal terminal() {
        return streams.get();
    }
}
