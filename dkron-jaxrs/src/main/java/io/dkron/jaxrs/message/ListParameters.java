package io.dkron.jaxrs.message;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobStatus;
import io.dkron.ejb.service.JobOrder;
import io.dkron.ejb.service.JobQuery;
import io.dkron.jaxrs.message.Parameters.Rows;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The parameters of lists: what to show, in which order, which rows. Stateless. */
public final class ListParameters {
    private static final Map<String, Comparator<Execution>> ORDERS = orders();

    private ListParameters() {}

    /** Which jobs; wrong parameters are noted in {@code in}, not thrown. */
    public static JobQuery jobs(Query query, Parameters in) {
        boolean descending = in.descending(false);
        Optional<Comparator<Job>> order =
                in.choice("_sort", field -> JobOrder.of(field, descending), String.join(", ", JobOrder.fields()));
        if (order.isEmpty() && descending) {
            order = JobOrder.of("name", true);
        }
        Rows rows = in.rows();
        return new JobQuery(
                query.bracketed("metadata"),
                query.bracketed("tags"),
                query.value("owner"),
                query.value("q").orElse(""),
                in.choice(
                        "status",
                        ListParameters::status,
                        "success, failed, partially_failed, cancelled, running, untriggered"),
                in.bool("disabled"),
                order,
                rows.start(),
                rows.end());
    }

    /** In which order executions come: newest first in dialect v4, oldest first in v1, unless the client says. */
    public static Comparator<Execution> executionOrder(Parameters in, boolean v1) {
        boolean descending = in.descending(!v1);
        Comparator<Execution> order = in.choice(
                        "_sort", field -> Optional.ofNullable(ORDERS.get(field)), String.join(", ", ORDERS.keySet()))
                .orElse(Comparator.comparing(Execution::id))
                .thenComparing(Execution::id);
        return descending ? order.reversed() : order;
    }

    /** The execution state of that name. */
    public static Optional<ExecutionState> state(String text) {
        for (ExecutionState state : ExecutionState.values()) {
            if (state.text().equals(text)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    private static Optional<JobStatus> status(String text) {
        if (text.equals("untriggered")) {
            return Optional.of(JobStatus.NONE);
        }
        for (JobStatus status : JobStatus.values()) {
            if (status.text().equals(text)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    private static Map<String, Comparator<Execution>> orders() {
        Map<String, Comparator<Execution>> orders = new TreeMap<>();
        orders.put("id", Comparator.comparing(Execution::id));
        orders.put("job_name", Comparator.comparing(Execution::job));
        orders.put("started_at", Comparator.comparing(Execution::startedAt));
        orders.put("finished_at", Comparator.comparing(e -> e.finishedAt().orElse(java.time.Instant.MIN)));
        orders.put("success", Comparator.comparing(Execution::success));
        orders.put("node_name", Comparator.comparing(Execution::node));
        orders.put("group", Comparator.comparing(Execution::group));
        orders.put("attempt", Comparator.comparing(Execution::attempt));
        orders.put("scheduled_at", Comparator.comparing(e -> e.scheduledAt().orElse(java.time.Instant.MIN)));
        orders.put("trigger", Comparator.comparing(e -> e.trigger().text()));
        orders.put("state", Comparator.comparing(e -> e.state().text()));
        return orders;
    }
}
