package io.dkron.core.engine;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.json.Json;
import io.dkron.core.store.Batch;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Somebody who changes, deletes and creates jobs beside the leader, as a server of Dkron 1.x does, and knows no fence. */
final class ForeignWriter {
    private static final Set<String> DKRON_1 = Set.of(
            "name",
            "timezone",
            "schedule",
            "owner",
            "owner_email",
            "success_count",
            "error_count",
            "last_success",
            "last_error",
            "disabled",
            "tags",
            "retries",
            "parent_job",
            "processors",
            "concurrency",
            "executor",
            "executor_config",
            "status",
            "next");

    private final SimulatedCluster cluster;
    private final SimulatedClient client;
    private long writes;
    boolean stopped;

    ForeignWriter(SimulatedCluster cluster, SimulatedClient client) {
        this.cluster = cluster;
        this.client = client;
        next();
    }

    private void next() {
        cluster.simulation.after(cluster.simulation.millis(500, 15_000), () -> {
            if (!stopped) {
                if (cluster.store.health().up()) {
                    write(client.anyName());
                }
                next();
            }
        });
    }

    private void write(JobName name) {
        Optional<Job> stored = cluster.stored(name.value());
        Batch batch = new Batch();
        if (stored.isPresent()) {
            switch (cluster.simulation.random.nextInt(4)) {
                case 0 -> forget(batch, name);
                case 1 -> batch.put(key(name), withoutWhatIsOurs(owned(stored.get())));
                default -> batch.put(key(name), cluster.layout.jobs().write(owned(stored.get())));
            }
        } else if (cluster.simulation.oneIn(2)) {
            JobDefinition created = JobDefinition.named(name.value())
                    .schedule("@every 7s")
                    .executor("shell")
                    .build();
            batch.put(key(name), withoutWhatIsOurs(new Job(created, JobState.created("", cluster.engineTime()))));
        }
        if (!batch.isEmpty()) {
            cluster.history.foreign(batch);
            client.foreign(name);
        }
    }

    private void forget(Batch batch, JobName name) {
        for (ExecutionId id : cluster.layout.executions(cluster.store).ids(name)) { // one by one, as Dkron 1.x does
            cluster.history.foreign(new Batch().delete(cluster.layout.keys().execution(name, id)));
        }
        batch.delete(key(name));
    }

    private Job owned(Job job) {
        return job.with(job.definition().with().owner("owner" + ++writes).build());
    }

    private byte[] withoutWhatIsOurs(Job job) {
        Map<String, Object> fields = Json.readObject(cluster.layout.jobs().write(job));
        fields.keySet().retainAll(DKRON_1);
        return Json.write(fields);
    }

    private String key(JobName name) {
        return cluster.layout.keys().job(name);
    }
}
