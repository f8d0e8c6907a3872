package io.dkron.connectors.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.json.Json;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys and values as they stand in Consul, with the flags that Dkron 1.x gave them; the version of a key is its {@code
 * ModifyIndex}. All reads are consistent: Consul's leader asks a majority whether it still leads (protocol P15).
 *
 * <p>Consul reads no range: a page asks for the names of all keys under the prefix, and then for the values of its own
 * only, some at a time. A page ends early, with {@link Page#more}, after {@value #PAGE_BYTES} bytes or half of the time
 * that a call may take. Safe for use by many threads.
 */
final class ConsulStore implements StoreClient {
    /** Consul's {@code txn_max_req_len}, of the JSON of a whole transaction. */
    static final int LARGEST_REQUEST = 512 << 10;

    /**
     * Consul takes 64 operations in a transaction, and a key may need two ({@link ConsulBatch}). Of {@link
     * #LARGEST_REQUEST} Base64 takes a quarter whatever the bytes are, and what is left holds each key twice, up to 1 KiB
     * a key.
     */
    static final Limits LIMITS = new Limits(32, 320 << 10, 320 << 10);

    static final int PAGE_BYTES = 8 << 20;
    private static final int FIRST_PART = 16;
    private static final int LARGEST_PART = 64;
    private static final int TRIES = 3;

    private final ConsulMachines machines;
    private final String leaderKey;
    private volatile boolean allowed;

    /** @param machines closed with this store */
    ConsulStore(ConsulMachines machines, String keyspace) {
        this.machines = machines;
        this.leaderKey = keyspace + "/_dkron/leader";
    }

    @Override
    public Optional<Entry> get(String key) {
        try {
            return get(key, machines.deadline());
        } catch (ConsulFailure e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    /** By a transaction, since a path may not hold all the characters that a key may. */
    private Optional<Entry> get(String key, long deadline) throws ConsulFailure {
        checkAllowed(deadline);
        return values(List.of(key), deadline).stream().findFirst();
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        long deadline = machines.deadline();
        try {
            checkAllowed(deadline);
            return page(names(prefix, after, deadline), limit, deadline);
        } catch (ConsulFailure e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    /** Once: Consul hides keys that a token may not see, so that a wrong token would show an empty store. */
    private void checkAllowed(long deadline) throws ConsulFailure {
        if (!allowed) {
            lookAtLeader(deadline);
            allowed = true;
        }
    }

    private void lookAtLeader(long deadline) throws ConsulFailure {
        machines.get("/v1/kv/" + escaped(leaderKey) + "?consistent", deadline);
    }

    private List<String> names(String prefix, String after, long deadline) throws ConsulFailure {
        ConsulMachines.Answer answer = machines.get("/v1/kv/" + escaped(prefix) + "?keys&consistent", deadline);
        if (!answer.found()) {
            return List.of();
        }
        byte[] bound = after.getBytes(UTF_8);
        return list(answer, read(answer)).stream()
                .map(String.class::cast)
                .filter(name -> after.isEmpty() || Arrays.compareUnsigned(name.getBytes(UTF_8), bound) > 0)
                .toList();
    }

    private Page page(List<String> names, int limit, long deadline) throws ConsulFailure {
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        int next = 0;
        int part = FIRST_PART;
        while (next < names.size() && entries.size() < limit) {
            if (bytes >= PAGE_BYTES || (!entries.isEmpty() && machines.isLate(deadline))) {
                return new Page(entries, true);
            }
            int end = Math.min(names.size(), next + Math.min(part, limit - entries.size()));
            for (Entry entry : values(names.subList(next, end), deadline)) {
                entries.add(entry);
                bytes += entry.value().length;
            }
            next = end;
            long fits = (PAGE_BYTES - bytes) / Math.max(1, bytes / Math.max(1, entries.size()));
            part = (int) Math.max(1, Math.min(LARGEST_PART, fits));
        }
        return new Page(entries, next < names.size());
    }

    /** The values of these keys at one moment; what was deleted since is left out. */
    private List<Entry> values(List<String> names, long deadline) throws ConsulFailure {
        List<String> wanted = new ArrayList<>(names);
        while (!wanted.isEmpty()) {
            List<Object> operations = wanted.stream()
                    .<Object>map(name -> Map.of("KV", Map.of("Verb", "get", "Key", name)))
                    .toList();
            ConsulMachines.Answer answer = machines.put("/v1/txn?consistent", Json.write(operations), true, deadline);
            Map<String, Object> said = Json.object(read(answer));
            if (answer.found()) {
                List<Entry> found = list(answer, said.get("Results")).stream()
                        .map(each -> entry(Json.object(Json.object(each).get("KV"))))
                        .toList();
                if (found.size() != wanted.size()) {
                    throw ConsulFailure.refused(
                            answer.machine(), ConsulFailure.deniedAdvice("it may list keys but not read them"));
                }
                return found;
            }
            Set<String> gone = new HashSet<>();
            for (ConsulError error : errors(answer, said)) {
                if (!error.isOfAKey()) {
                    throw ConsulFailure.refused(answer.machine(), error.advice());
                }
                gone.add(wanted.get(error.operation()));
            }
            wanted.removeAll(gone);
        }
        return List.of();
    }

    @Override
    public CommitResult commit(Batch batch) {
        ConsulBatch transaction = new ConsulBatch(batch);
        byte[] json = transaction.json();
        if (json.length > LARGEST_REQUEST) {
            return new CommitResult.Failed("consul " + machines + ": the batch needs " + json.length
                    + " bytes of JSON, and Consul takes " + LARGEST_REQUEST + "; its keys are too long");
        }
        long deadline = machines.deadline();
        try {
            for (int i = 0; i < TRIES; i++) {
                ConsulMachines.Answer answer = machines.put("/v1/txn?consistent", json, false, deadline);
                Map<String, Object> said = Json.object(read(answer));
                if (answer.found()) {
                    return new CommitResult.Committed(ConsulBatch.version(said.get("Results")));
                }
                Optional<CommitResult> refusal = refusal(batch, transaction, errors(answer, said), deadline);
                if (refusal.isPresent()) {
                    return refusal.get();
                }
            }
            return new CommitResult.Failed(
                    "consul " + machines + ": keys changed " + TRIES + " times while they were compared");
        } catch (ConsulFailure e) {
            return e.kind() == ConsulFailure.Kind.LOST
                    ? new CommitResult.Unknown(e.getMessage())
                    : new CommitResult.Failed(e.getMessage());
        } catch (MalformedInputException e) {
            return new CommitResult.Unknown("consul " + machines + ": its answer is not understood: " + e.getMessage());
        }
    }

    /** Why nothing was written; empty where the key has the expected version by now, so that it is worth another try. */
    private Optional<CommitResult> refusal(
            Batch batch, ConsulBatch transaction, List<ConsulError> errors, long deadline) {
        for (ConsulError error : errors) {
            if (!error.isOfAKey()) {
                return Optional.of(new CommitResult.Failed("consul " + machines + ": " + error.advice()));
            }
        }
        String key = transaction.key(
                errors.stream().mapToInt(ConsulError::operation).min().orElseThrow());
        long expected = batch.expected().getOrDefault(key, Batch.ABSENT);
        try {
            long actual = get(key, deadline).map(Entry::version).orElse(Batch.ABSENT);
            return actual == expected ? Optional.empty() : Optional.of(new CommitResult.Refused(key, actual));
        } catch (ConsulFailure e) { // of a read: that nothing was written is certain all the same
            return Optional.of(new CommitResult.Failed("refused, since " + key + " has not version " + expected
                    + "; which one it has could not be read: " + e.getMessage()));
        }
    }

    /** Reads one key, which needs a majority and a token that may. */
    @Override
    public Health health() {
        try {
            lookAtLeader(machines.deadline());
            return Health.UP;
        } catch (ConsulFailure e) {
            return Health.down(e.getMessage());
        }
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public void close() {
        machines.close();
    }

    private static Object read(ConsulMachines.Answer answer) throws ConsulFailure {
        try {
            return Json.read(answer.body());
        } catch (MalformedInputException e) {
            throw ConsulFailure.notUnderstood(answer.machine(), e);
        }
    }

    private static List<?> list(ConsulMachines.Answer answer, Object value) throws ConsulFailure {
        if (value instanceof List<?> list) {
            return list;
        }
        throw ConsulFailure.notUnderstood(
                answer.machine(), MalformedInputException.whole("must be an array, not " + Json.kind(value)));
    }

    private static List<ConsulError> errors(ConsulMachines.Answer answer, Map<String, Object> said)
            throws ConsulFailure {
        List<ConsulError> errors = list(answer, said.get("Errors")).stream()
                .map(each -> ConsulError.of(Json.object(each)))
                .toList();
        if (errors.isEmpty()) {
            throw ConsulFailure.notUnderstood(
                    answer.machine(), MalformedInputException.whole("a conflict without a reason"));
        }
        return errors;
    }

    private static Entry entry(Map<String, Object> fields) {
        byte[] value =
                fields.get("Value") instanceof String text ? Base64.getDecoder().decode(text) : new byte[0];
        return new Entry((String) fields.get("Key"), value, ConsulError.number(fields, "ModifyIndex"));
    }

    private static String escaped(String key) {
        return URLEncoder.encode(key, UTF_8).replace("+", "%20").replace("%2F", "/");
    }
}
