package io.dkron.cli.job;

import io.dkron.cli.client.ApiClient;
import io.dkron.cli.print.Terminal;
import java.io.InputStream;
import java.time.Clock;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param environment variables
 * @param in standard input
 * @param clock what is now, and the zone of local times
 * @param pause how to wait
 */
public record Surroundings(
        Map<String, String> environment, InputStream in, Terminal terminal, Clock clock, ApiClient.Pause pause) {
    /** Those of this process. */
    public static Surroundings here() {
        Map<String, String> environment = System.getenv();
        return new Surroundings(
                environment, System.in, Terminal.here(environment), Clock.systemDefaultZone(), ApiClient.Pause::really);
    }
}
