package io.dkron.core.job;

import java.util.List;
import java.util.Map;

/** What can only fail, or is not meant so, in the configuration of {@code http} and {@code grpc} jobs. Stateless. */
final class CallDoubts {
    private static final String FAILS = ": runs of this job fail";

    private CallDoubts() {}

    static void of(JobDefinition job, List<String> doubts) {
        Map<String, String> config = job.executorConfig();
        boolean http = job.executor().equals("http");
        if (!http && !job.executor().equals("grpc")) {
            return;
        }
        if (config.getOrDefault("url", "").isEmpty()) {
            doubts.add("no url" + FAILS);
        }
        if (http && config.getOrDefault("method", "").isEmpty()) {
            doubts.add("no method" + FAILS);
        }
        HeaderLines.parse(config.getOrDefault("headers", ""), why -> doubts.add("headers " + why + FAILS));
        CallTimeout.parse(
                config.getOrDefault("timeout", ""),
                why -> doubts.add("timeout " + why + (http ? ": 30 seconds are taken" : FAILS)));
        String codes = config.getOrDefault("expectCode", "");
        if (http) {
            ExpectedCodes.parse(codes, why -> doubts.add("expectCode " + why + FAILS));
        } else if (!codes.isEmpty() && !codes.matches("1[0-6]|[0-9]")) {
            doubts.add("expectCode must be a gRPC status from 0 to 16, not \"" + codes + "\"" + FAILS);
        }
    }
}
