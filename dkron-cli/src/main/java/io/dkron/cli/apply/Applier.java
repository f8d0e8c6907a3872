package io.dkron.cli.apply;

import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.ApiException;
import io.dkron.cli.client.Call;
import io.dkron.cli.file.JobSource;
import java.util.List;
import java.util.function.Consumer;

/** Does what was planned, each change only if its job is still what it was compared with. */
public final class Applier {
    private final ApiClient api;
    private final Consumer<Change> done;
    private final Consumer<String> failed;

    /**
     * @param done hears of each change that is done
     * @param failed hears why one was not
     */
    public Applier(ApiClient api, Consumer<Change> done, Consumer<String> failed) {
        this.api = api;
        this.done = done;
        this.failed = failed;
    }

    /**
     * Does all that can be done. Nothing is deleted once a change has failed.
     *
     * @return how many failed or were left out
     */
    public int apply(List<Change> changes) {
        int failures = 0;
        int leftOut = 0;
        for (Change change : changes) {
            if (change.kind() == Change.Kind.DELETE && failures > 0) {
                leftOut++;
                continue;
            }
            try {
                apply(change);
                done.accept(change);
            } catch (ApiException e) {
                if (e.status() == 0) {
                    throw e; // the next would meet the same
                }
                failures++;
                failed.accept(where(change) + ": " + why(e));
            }
        }
        if (leftOut > 0) {
            failed.accept(leftOut + " jobs were not deleted, because of the failure");
        }
        return failures + leftOut;
    }

    private void apply(Change change) {
        String path = Call.job(change.name(), "");
        switch (change.kind()) {
            case CREATE -> api.ask(Call.put(path, json(change)).with("If-None-Match", "*"));
            case UPDATE -> api.ask(guarded(Call.put(path, json(change)), change));
            case DELETE -> api.ask(guarded(Call.delete(path), change));
            case KEEP -> {} // nothing to send
        }
    }

    private static byte[] json(Change change) {
        return change.wanted().orElseThrow().source().json();
    }

    private static Call guarded(Call call, Change change) {
        return change.etag().map(etag -> call.with("If-Match", etag)).orElse(call);
    }

    private static String where(Change change) {
        return change.wanted()
                .map(Checked::source)
                .map(JobSource::place)
                .map(place -> place + ": job " + change.name())
                .orElse("job " + change.name());
    }

    private static String why(ApiException e) {
        return e.type().equals("version-mismatch")
                ? "somebody else changed it meanwhile; nothing was done to it, apply again"
                : e.getMessage();
    }
}
